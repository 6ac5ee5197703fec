import { describe, expect, it, vi } from 'vitest'
import type { Page } from '@/api/client'
import { PageCache, type PageCacheOptions } from './pageCache'

interface Request {
  offset: number
  signal: AbortSignal
  answer: (total?: number) => Promise<void>
  fail: (failure: unknown) => Promise<void>
}

// A server of the numbers from 0; a test decides when it answers.
function numbers(options: PageCacheOptions = {}) {
  const requests: Request[] = []
  const settle = () => new Promise<void>((done) => setTimeout(done))
  const load = (offset: number, limit: number, signal: AbortSignal) =>
    new Promise<Page<number>>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
      requests.push({
        offset,
        signal,
        answer: (total = 100_000) => {
          const items = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, i) => offset + i)
          resolve({ items, total })
          return settle()
        },
        fail: (failure) => {
          reject(failure)
          return settle()
        },
      })
    })
  return { cache: new PageCache<number>(load, { pageSize: 10, ...options }), requests }
}

describe('PageCache', () => {
  it('loads the pages that the rows lie on, once', async () => {
    const { cache, requests } = numbers()
    cache.need(5, 25)
    cache.need(6, 26)
    expect(requests.map((request) => request.offset)).toEqual([0, 10, 20])
    await requests[1]!.answer()
    expect(cache.row(12)).toBe(12)
    expect(cache.row(5)).toBeUndefined()
    expect(cache.total).toBe(100_000)
  })

  it('gives up pages that were passed by', async () => {
    const { cache, requests } = numbers()
    cache.need(0, 10)
    cache.need(90_000, 90_010)
    expect(requests[0]!.signal.aborted).toBe(true)
    await requests[1]!.answer()
    expect(cache.row(90_003)).toBe(90_003)
    expect(cache.error).toBeUndefined()
  })

  it('asks for nothing behind the end', async () => {
    const { cache, requests } = numbers()
    cache.need(0, 10)
    await requests[0]!.answer(12)
    cache.need(8, 40)
    expect(requests.map((request) => request.offset)).toEqual([0, 10])
  })

  it('keeps the pages that were looked at last', async () => {
    const { cache, requests } = numbers({ keep: 2 })
    for (const page of [0, 1, 2]) {
      cache.need(page * 10, page * 10 + 10)
      await requests[page]!.answer()
    }
    expect(cache.row(0)).toBeUndefined()
    expect(cache.row(10)).toBe(10)
    expect(cache.row(20)).toBe(20)
  })

  it('stops asking after a failure, until told to try again', async () => {
    const changed = vi.fn()
    const { cache, requests } = numbers({ changed })
    cache.need(0, 10)
    await requests[0]!.fail(new Error('down'))
    expect(cache.error).toBeInstanceOf(Error)
    expect(changed).toHaveBeenCalledOnce()
    cache.need(0, 10)
    expect(requests).toHaveLength(1)
    cache.retry()
    cache.need(0, 10)
    expect(requests).toHaveLength(2)
  })

  it('shows the old rows while it asks for new ones, and drops those out of sight', async () => {
    const { cache, requests } = numbers()
    cache.need(0, 20)
    await requests[0]!.answer()
    await requests[1]!.answer()
    cache.refresh(0, 10)
    expect(cache.row(3)).toBe(3)
    expect(cache.row(13)).toBeUndefined()
    expect(requests).toHaveLength(3)
    await requests[2]!.answer(4)
    expect(cache.row(5)).toBeUndefined()
    expect(cache.total).toBe(4)
  })
})
