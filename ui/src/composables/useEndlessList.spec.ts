import { describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import type { Page } from '@/api/client'
import { useEndlessList } from './useEndlessList'

function listOf(load: (cursor?: string) => Promise<Page<number>>) {
  return effectScope().run(() => useEndlessList(load))!
}

describe('useEndlessList', () => {
  it('grows until there is no more', async () => {
    const pages: Page<number>[] = [{ items: [1], next: 'a' }, { items: [2] }]
    const load = vi.fn(async () => pages.shift()!)
    const list = listOf(load)
    await list.restart()
    expect(list.more.value).toBe(true)
    await list.loadMore()
    await list.loadMore()
    expect(list.items.value).toEqual([1, 2])
    expect(load.mock.calls.map((call: unknown[]) => call[0])).toEqual([undefined, 'a'])
  })

  it('passes over pages without items', async () => {
    const pages: Page<number>[] = [{ items: [], next: 'a' }, { items: [], next: 'b' }, { items: [3] }]
    const list = listOf(async () => pages.shift()!)
    await list.restart()
    expect(list.items.value).toEqual([3])
  })

  it('goes on where it failed', async () => {
    let fail = true
    const list = listOf(async () => {
      if (fail) throw new Error('away')
      return { items: [1] }
    })
    await list.restart()
    expect(list.error.value).toBeInstanceOf(Error)
    fail = false
    await list.loadMore()
    expect(list.items.value).toEqual([1])
    expect(list.error.value).toBeUndefined()
  })

  it('forgets the answer to an earlier question', async () => {
    const answers: ((page: Page<number>) => void)[] = []
    const list = listOf(() => new Promise((resolve) => answers.push(resolve)))
    const first = list.restart()
    const second = list.restart()
    answers[1]!({ items: [2] })
    answers[0]!({ items: [1] })
    await Promise.all([first, second])
    expect(list.items.value).toEqual([2])
  })
})
