import { ref, watch, type Ref } from 'vue'

const MOST = 12
const keyOf = (id: string) => `cang.repositories.${id}`

function stored(id: string): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(id)) ?? '[]')
    return Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : []
  } catch {
    return []
  }
}

// The repositories that were opened in this browser, the latest first: all there is to go by where a registry lists none.
export function useRecentRepositories(id: () => string): { recent: Ref<string[]>; remember: (name: string) => void } {
  const recent = ref<string[]>([])
  watch(id, (now) => (recent.value = stored(now)), { immediate: true })

  function remember(name: string): void {
    recent.value = [name, ...recent.value.filter((other) => other !== name)].slice(0, MOST)
    try {
      localStorage.setItem(keyOf(id()), JSON.stringify(recent.value))
    } catch {
      // Storage is off: remembered as long as the page.
    }
  }
  return { recent, remember }
}
