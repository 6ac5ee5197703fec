import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

// Filters live in the address, so that links and the back button keep them. A value equal to the default is left out.
// Changing one resets those named in `resets`: another search starts at the first page.
export function useRouteQuery(name: string, standard = '', resets: string[] = []): WritableComputedRef<string> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get() {
      const value = route.query[name]
      return typeof value === 'string' ? value : standard
    },
    set(value: string) {
      const query = { ...route.query, [name]: value === standard ? undefined : value }
      for (const other of resets) query[other] = undefined
      // By path: the router would encode the slashes of a repository's name.
      void router.replace({ path: route.path, query })
    },
  })
}
