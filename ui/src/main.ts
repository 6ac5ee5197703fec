import { createPinia } from 'pinia'
import { createApp, watch } from 'vue'
import App from './App.vue'
import { onSignedOut } from './api/client'
import { i18n, loadLanguage } from './i18n'
import { createAppRouter } from './router'
import { useSession } from './stores/session'
import { useSettings } from './stores/settings'
import './styles/index.css'

const app = createApp(App)
app.use(createPinia())
app.use(i18n)

const settings = useSettings()
const session = useSession()
const router = createAppRouter()

onSignedOut(session.forget)
watch(
  () => session.signedIn,
  (signedIn, before) => {
    const { fullPath, meta } = router.currentRoute.value
    if (before && !signedIn && !meta.public) void router.push({ name: 'login', query: { next: fullPath } })
  },
)

// Not awaited here: chunks that import from this one would wait for it, and it for them.
void loadLanguage(settings.language).then(() => {
  app.use(router)
  app.mount('#app')
})
