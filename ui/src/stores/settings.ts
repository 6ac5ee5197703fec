import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { languageCodes, loadLanguage, preferredLanguage, type LanguageCode } from '@/i18n'

export type Theme = 'light' | 'dark' | 'auto'

function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
}

export const useSettings = defineStore('settings', () => {
  const stored = remembered('cang.theme')
  const theme = ref<Theme>(stored === 'light' || stored === 'dark' ? stored : 'auto')
  const system = matchMedia('(prefers-color-scheme: dark)')
  const systemDark = ref(system.matches)
  system.addEventListener('change', (event) => (systemDark.value = event.matches))
  const dark = computed(() => (theme.value === 'auto' ? systemDark.value : theme.value === 'dark'))
  watch(dark, (value) => document.documentElement.classList.toggle('dark', value), { immediate: true })

  const known = languageCodes.find((code) => code === remembered('cang.language'))
  const language = ref<LanguageCode>(known ?? preferredLanguage())

  function setTheme(value: Theme): void {
    theme.value = value
    remember('cang.theme', value)
  }

  async function setLanguage(code: LanguageCode): Promise<void> {
    await loadLanguage(code)
    language.value = code
    remember('cang.language', code)
  }

  return { theme, dark, language, setTheme, setLanguage }
})
