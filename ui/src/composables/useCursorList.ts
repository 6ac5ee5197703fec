import { computed, watch, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Page } from '@/api/client'
import { useAsync, type Async } from './useAsync'

export interface CursorList<T> extends Async<Page<T>> {
  items: ComputedRef<T[]>
  // The number of the first row, counted from 1.
  first: ComputedRef<number>
  hasPrevious: ComputedRef<boolean>
  hasNext: ComputedRef<boolean>
  next: () => void
  previous: () => void
}

interface Place {
  cursor?: string
  from?: string
}

// A list in pages. Where it is lives in the address (?cursor=&from=), so that links and the back button work; `keys` are
// the other parts of the address that the list depends on.
export function useCursorList<T>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
  keys: readonly string[],
): CursorList<T> {
  const route = useRoute()
  const router = useRouter()
  const place = computed<Place>(() => {
    const { cursor, from } = route.query
    return {
      cursor: typeof cursor === 'string' ? cursor : undefined,
      from: typeof from === 'string' ? from : undefined,
    }
  })
  const before = new Map<string, Place>()
  const async = useAsync((signal) => load(place.value.cursor, signal))
  const items = computed(() => async.data.value?.items ?? [])
  const first = computed(() => Number(place.value.from ?? 0) + 1)

  const go = (where: Place) => void router.push({ query: { ...route.query, cursor: where.cursor, from: where.from } })

  const name = route.name
  watch(
    () => [place.value.cursor, ...keys.map((key) => route.query[key])].join('\n'),
    () => {
      if (route.name === name) void async.run()
    },
    { immediate: true },
  )

  return {
    ...async,
    items,
    first,
    hasPrevious: computed(() => place.value.cursor !== undefined),
    hasNext: computed(() => async.data.value?.next !== undefined),
    next: () => {
      const cursor = async.data.value?.next
      if (!cursor) return
      before.set(cursor, place.value)
      go({ cursor, from: String(first.value - 1 + items.value.length) })
    },
    // Who came by a link to a later page goes to the first.
    previous: () => go(before.get(place.value.cursor ?? '') ?? {}),
  }
}
