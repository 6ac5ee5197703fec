import { onScopeDispose, ref, shallowRef, triggerRef, watch, type Ref, type ShallowRef } from 'vue'
import { PageCache, type LoadPage } from './pageCache'

// Long enough to pass by what a dragged scrollbar shows on its way.
const SETTLE = 60

export interface PagedRows<T> {
  // Read rows, total, error through it; it tells when they changed.
  rows: Readonly<ShallowRef<PageCache<T>>>
  // Nothing of this list was answered yet.
  starting: Ref<boolean>
  look: (first: number, end: number) => void
  retry: () => void
  refresh: () => void
}

// A long list of which only the looked-at rows are loaded. Another `query` is another list, from its start.
export function usePagedRows<T>(query: () => unknown, load: LoadPage<T>): PagedRows<T> {
  const rows = shallowRef(makeCache())
  const starting = ref(true)
  let sight = { first: 0, end: 1 }
  let timer = 0

  function makeCache(): PageCache<T> {
    const cache: PageCache<T> = new PageCache<T>(load, {
      changed: () => {
        if (rows.value !== cache) return
        starting.value = false
        triggerRef(rows)
      },
    })
    return cache
  }

  function start(): void {
    rows.value.stop()
    rows.value = makeCache()
    starting.value = true
    sight = { first: 0, end: 1 }
    ask()
  }

  function ask(): void {
    window.clearTimeout(timer)
    rows.value.need(sight.first, sight.end)
  }

  function look(first: number, end: number): void {
    const near = first < sight.end && end > sight.first
    sight = { first, end }
    window.clearTimeout(timer)
    if (near) ask()
    else timer = window.setTimeout(ask, SETTLE)
  }

  function retry(): void {
    rows.value.retry()
    if (rows.value.total === undefined) starting.value = true
    triggerRef(rows)
    ask()
  }

  watch(() => JSON.stringify(query()), start)
  rows.value.need(sight.first, sight.end)
  onScopeDispose(() => {
    window.clearTimeout(timer)
    rows.value.stop()
  })
  return { rows, starting, look, retry, refresh: () => rows.value.refresh(sight.first, sight.end) }
}
