import { defineStore } from 'pinia'
import { computed, ref, shallowRef, triggerRef } from 'vue'
import { cancelOperation, listOperations, retryOperation } from '@/api/operations'
import type { Operation } from '@/api/types'
import { useConnection, type Stop } from '@/live/connection'

const MOST_ENDED = 20

export const isActive = (operation: Operation) => operation.state === 'pending' || operation.state === 'running'
const stageOf = ({ state }: Operation) => (state === 'pending' ? 0 : state === 'running' ? 1 : 2)
export const canRetry = (operation: Operation) => !isActive(operation) && operation.state !== 'succeeded'

// The operations under way, and those that ended while this page is open.
export const useOperations = defineStore('operations', () => {
  const byId = shallowRef(new Map<string, Operation>())
  const drawerOpen = ref(false)
  const lastEnded = shallowRef<Operation>()
  // Grows when one starts or ends: lists that show the history ask again.
  const changes = ref(0)
  let stop: Stop | undefined

  const all = computed(() => [...byId.value.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt)))
  const active = computed(() => all.value.filter(isActive))
  const ended = computed(() => all.value.filter((operation) => !isActive(operation)))

  // An answer to a request may come after newer live events: an operation never goes back.
  function take(operation: Operation): void {
    const before = byId.value.get(operation.id)
    if (before && stageOf(operation) < stageOf(before)) return
    byId.value.set(operation.id, { ...before, ...operation })
    if (before && isActive(before) && !isActive(operation)) lastEnded.value = operation
    if (!before || before.state !== operation.state) changes.value += 1
    for (const old of ended.value.slice(MOST_ENDED)) byId.value.delete(old.id)
    triggerRef(byId)
  }

  async function load(): Promise<void> {
    const before = active.value
    const pages = await Promise.all([
      listOperations({ state: 'running', limit: 100 }),
      listOperations({ state: 'pending', limit: 100 }),
    ])
    const found = new Map(pages.flatMap((page) => page.items).map((operation) => [operation.id, operation]))
    // What is not under way any more has ended unseen: the history knows how.
    for (const { id } of before) {
      const now = byId.value.get(id)
      if (now && isActive(now) && !found.has(id)) byId.value.delete(id)
    }
    found.forEach(take)
    changes.value += 1
    triggerRef(byId)
  }

  const loadQuietly = () => void load().catch(() => {})

  function watchAll(): void {
    stop ??= useConnection().watchOperations({ onOperation: take, onGap: loadQuietly })
    loadQuietly()
  }

  function unwatchAll(): void {
    stop?.()
    stop = undefined
    byId.value = new Map()
  }

  // A page started it: show it at once.
  function started(operation: Operation): void {
    take(operation)
    drawerOpen.value = true
  }

  const cancel = async (id: string) => take(await cancelOperation(id))
  async function retry(id: string): Promise<Operation> {
    const operation = await retryOperation(id)
    started(operation)
    return operation
  }

  function dismissEnded(): void {
    for (const operation of ended.value) byId.value.delete(operation.id)
    triggerRef(byId)
  }

  return {
    all,
    active,
    ended,
    drawerOpen,
    lastEnded,
    changes,
    watchAll,
    unwatchAll,
    started,
    cancel,
    retry,
    dismissEnded,
    byId,
  }
})
