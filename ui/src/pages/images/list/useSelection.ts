import { shallowRef, triggerRef, type ShallowRef } from 'vue'

export interface Selection<T> {
  items: Readonly<ShallowRef<ReadonlyMap<string, T>>>
  has: (item: T | undefined) => boolean
  // With `extend`, all rows from the last one that was toggled; of a long list those that are loaded.
  toggle: (index: number, extend: boolean) => void
  remove: (item: T) => void
  clear: () => void
}

// What is chosen of a list, by key: it stays chosen while its row is out of sight.
export function useSelection<T>(rowAt: (index: number) => T | undefined, keyOf: (item: T) => string): Selection<T> {
  const items = shallowRef(new Map<string, T>())
  let anchor: number | undefined

  function extendTo(index: number): void {
    const from = Math.min(anchor ?? index, index)
    for (let i = from; i <= Math.max(anchor ?? index, index); i += 1) {
      const item = rowAt(i)
      if (item) items.value.set(keyOf(item), item)
    }
  }

  function toggle(index: number, extend: boolean): void {
    const item = rowAt(index)
    if (extend) extendTo(index)
    else if (item && !items.value.delete(keyOf(item))) items.value.set(keyOf(item), item)
    anchor = index
    triggerRef(items)
  }

  function remove(item: T): void {
    if (items.value.delete(keyOf(item))) triggerRef(items)
  }

  function clear(): void {
    items.value = new Map()
    anchor = undefined
  }

  return { items, has: (item) => item !== undefined && items.value.has(keyOf(item)), toggle, remove, clear }
}
