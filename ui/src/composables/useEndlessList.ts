import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { isAborted, type Page } from '@/api/client'

export interface EndlessList<T> {
  items: ShallowRef<T[]>
  error: ShallowRef<unknown>
  loading: Ref<boolean>
  // There is more to load.
  more: Ref<boolean>
  restart: () => Promise<void>
  loadMore: () => Promise<void>
}

// A list that grows page by page. Pages without items are passed over: a server that filters may send them.
export function useEndlessList<T>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
): EndlessList<T> {
  const items = shallowRef<T[]>([])
  const error = shallowRef<unknown>()
  const loading = ref(false)
  const more = ref(true)
  let cursor: string | undefined
  let controller = new AbortController()

  async function loadMore(): Promise<void> {
    if (loading.value || !more.value) return
    const mine = controller
    loading.value = true
    error.value = undefined
    try {
      let page: Page<T>
      do {
        page = await load(cursor, mine.signal)
        if (mine !== controller) return
        cursor = page.next
      } while (page.items.length === 0 && cursor)
      items.value = [...items.value, ...page.items]
      more.value = Boolean(cursor)
    } catch (failure) {
      if (mine === controller && !isAborted(failure)) error.value = failure
    } finally {
      if (mine === controller) loading.value = false
    }
  }

  async function restart(): Promise<void> {
    controller.abort()
    controller = new AbortController()
    cursor = undefined
    items.value = []
    more.value = true
    loading.value = false
    await loadMore()
  }

  onScopeDispose(() => controller.abort())
  return { items, error, loading, more, restart, loadMore }
}
