import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, watch } from 'vue'
import type { OperationEvent } from '@/api/types'
import { useOperation } from './useOperation'

const hub = vi.hoisted(() => ({ after: -1, tell: (event: unknown): void => void event }))
const events = vi.hoisted(() => ({ items: [] as unknown[] }))

vi.mock('./connection', () => ({
  useConnection: () => ({
    watchOperation: (_id: string, after: number, watch: { onEvent: (event: unknown) => void }) => {
      Object.assign(hub, { after, tell: watch.onEvent })
      return () => {}
    },
  }),
}))
vi.mock('@/api/operations', () => ({
  getOperation: async (id: string) => ({ id, state: 'running' }),
  listEvents: async () => events,
}))

const log = (sequence: number): OperationEvent => ({
  sequence,
  at: '',
  kind: 'log',
  payload: { line: `line ${sequence}` },
})

beforeEach(() => {
  events.items = [log(1), log(2)]
  vi.stubGlobal('requestAnimationFrame', (show: () => void) => void Promise.resolve().then(show))
})
afterEach(() => vi.unstubAllGlobals())

describe('useOperation', () => {
  it('reads what is stored, then watches from there', async () => {
    const scope = effectScope()
    const { lines } = scope.run(() => useOperation(() => 'a'))!
    await flushPromises()
    expect(lines.value.map((line) => line.text)).toEqual(['line 1', 'line 2'])
    expect(hub.after).toBe(2)
    scope.stop()
  })

  it('gives those who show the lines a new list when one comes', async () => {
    const scope = effectScope()
    const { lines } = scope.run(() => useOperation(() => 'a'))!
    await flushPromises()
    const before = lines.value
    let told = 0
    scope.run(() => watch(lines, () => (told += 1)))
    hub.tell(log(3))
    hub.tell(log(4))
    await flushPromises()
    expect(lines.value).toHaveLength(4)
    expect(lines.value).not.toBe(before)
    expect(told).toBe(1)
    scope.stop()
  })
})
