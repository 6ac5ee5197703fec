import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Operation, OperationState } from '@/api/types'
import { useOperations } from './operations'

const wire = vi.hoisted(() => ({
  watch: undefined as undefined | { onOperation: (o: unknown) => void; onGap: () => void },
}))
const answers = vi.hoisted(() => ({ running: [] as unknown[] }))

vi.mock('@/live/connection', () => ({
  useConnection: () => ({
    watchOperations: (watch: typeof wire.watch) => {
      wire.watch = watch
      return () => (wire.watch = undefined)
    },
  }),
}))
vi.mock('@/api/operations', () => ({
  listOperations: async ({ state }: { state: string }) => ({ items: state === 'running' ? answers.running : [] }),
}))

const operation = (id: string, state: OperationState, createdAt = '2026-01-01'): Operation => ({
  id,
  state,
  createdAt,
  type: 'copy',
  title: id,
  input: {},
  resources: [],
  requestedBy: 'admin',
})

beforeEach(() => {
  setActivePinia(createPinia())
  answers.running = []
})

describe('operations', () => {
  it('shows those that run already', async () => {
    answers.running = [operation('a', 'running')]
    const store = useOperations()
    store.watchAll()
    await vi.waitFor(() => expect(store.active.map((one) => one.id)).toEqual(['a']))
  })

  it('moves one that ends, and tells of it', () => {
    const store = useOperations()
    store.watchAll()
    wire.watch?.onOperation(operation('a', 'running'))
    expect(store.lastEnded).toBeUndefined()
    wire.watch?.onOperation(operation('a', 'failed'))
    expect(store.active).toEqual([])
    expect(store.ended.map((one) => one.id)).toEqual(['a'])
    expect(store.lastEnded?.id).toBe('a')
  })

  it('lets no late answer take one back', () => {
    const store = useOperations()
    store.watchAll()
    wire.watch?.onOperation(operation('a', 'running'))
    store.started(operation('a', 'pending'))
    expect(store.active[0]?.state).toBe('running')
    expect(store.drawerOpen).toBe(true)
  })

  it('lets no late list take one back, nor remove what started meanwhile', async () => {
    const store = useOperations()
    store.watchAll()
    wire.watch?.onOperation(operation('a', 'running'))
    answers.running = [operation('a', 'running')]
    wire.watch?.onGap()
    wire.watch?.onOperation(operation('a', 'succeeded'))
    store.started(operation('b', 'running'))
    const { changes } = store
    await vi.waitFor(() => expect(store.changes).toBeGreaterThan(changes))
    expect(store.all.map(({ id, state }) => `${id} ${state}`)).toEqual(['a succeeded', 'b running'])
  })

  it('forgets what ended while the connection was away', async () => {
    const store = useOperations()
    store.watchAll()
    wire.watch?.onOperation(operation('a', 'running'))
    answers.running = [operation('b', 'running')]
    wire.watch?.onGap()
    await vi.waitFor(() => expect(store.active.map((one) => one.id)).toEqual(['b']))
  })

  it('keeps a bounded number of ended ones, the newest', () => {
    const store = useOperations()
    store.watchAll()
    for (let i = 0; i < 30; ++i) wire.watch?.onOperation(operation(`o${i}`, 'succeeded', `2026-01-01T00:00:${10 + i}`))
    expect(store.ended).toHaveLength(20)
    expect(store.ended[0]?.id).toBe('o29')
  })
})
