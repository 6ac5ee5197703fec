import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/client'
import { CHUNK, fileKey, Rate, reactionTo, Uploader, waitBefore, type Memory, type UploadStatus } from './uploader'

const SIZE = 2 * CHUNK + 5

// A server with memory, which breaks where a test says so.
class FakeServer {
  uploads = new Map<string, number>()
  received: number[] = []
  failures: unknown[] = []
  private next = 1

  private document(id: string) {
    const offset = this.uploads.get(id)
    if (offset === undefined) throw new ApiError('not_found', 'gone', 404)
    return { id, name: 'a.tar', size: SIZE, offset, createdAt: '', expiresAt: '', complete: offset === SIZE }
  }
  create = vi.fn(async () => {
    const id = `u${this.next++}`
    this.uploads.set(id, 0)
    return this.document(id)
  })
  get = vi.fn(async (id: string) => this.document(id))
  patch = vi.fn(async (id: string, offset: number, bytes: Blob) => {
    const failure = this.failures.shift()
    if (failure) throw failure
    if (offset !== this.document(id).offset) throw new ApiError('conflict', 'wrong offset', 409)
    this.received.push(bytes.size)
    this.uploads.set(id, offset + bytes.size)
    return offset + bytes.size
  })
  remove = vi.fn(async (id: string) => this.uploads.delete(id))
}

class FakeMemory implements Memory {
  known = new Map<string, string>()
  find = (key: string) => this.known.get(key)
  keep = (key: string, id: string) => void this.known.set(key, id)
  forget = (key: string) => void this.known.delete(key)
}

const file = {
  name: 'a.tar',
  size: SIZE,
  lastModified: 7,
  slice: (from: number, to: number) => sized(from, to),
} as File
const sized = (from: number, to: number) => ({ size: Math.min(to, SIZE) - from }) as Blob
const offline = () => new ApiError('unreachable', '', 0)

let server: FakeServer
let memory: FakeMemory
let statuses: UploadStatus[]
let uploader: Uploader
const last = () => statuses.at(-1)!

beforeEach(() => {
  vi.useFakeTimers()
  server = new FakeServer()
  memory = new FakeMemory()
  statuses = []
  uploader = new Uploader(file, server, memory, (status) => statuses.push(status))
})
afterEach(() => vi.useRealTimers())

describe('Uploader', () => {
  it('sends the file in chunks', async () => {
    await uploader.start()
    expect(server.received).toEqual([CHUNK, CHUNK, 5])
    expect(last()).toMatchObject({ state: 'complete', id: 'u1', sent: SIZE })
  })

  it('waits longer and longer while the server is away, then goes on where it was', async () => {
    server.failures = [undefined, offline(), new ApiError('unavailable', 'restarting', 503)]
    const done = uploader.start()
    await vi.advanceTimersByTimeAsync(999)
    expect(last()).toMatchObject({ state: 'waiting', sent: CHUNK })
    await vi.advanceTimersByTimeAsync(1 + 2000)
    await done
    expect(last()).toMatchObject({ state: 'complete', error: undefined })
    expect(server.received).toEqual([CHUNK, CHUNK, 5])
    expect(server.create).toHaveBeenCalledOnce()
  })

  it('continues the upload of an earlier page', async () => {
    server.uploads.set('old', CHUNK)
    memory.keep(fileKey(file), 'old')
    await uploader.start()
    expect(server.received).toEqual([CHUNK, 5])
    expect(last()).toMatchObject({ state: 'complete', id: 'old', continuedAt: CHUNK })
  })

  it('begins anew when the server has forgotten the earlier one', async () => {
    memory.keep(fileKey(file), 'old')
    await uploader.start()
    expect(last()).toMatchObject({ state: 'complete', id: 'u1' })
    expect(memory.find(fileKey(file))).toBe('u1')
  })

  it('asks for the offset when the server has another one', async () => {
    server.patch.mockImplementationOnce(async (id) => {
      server.uploads.set(id, CHUNK) // arrived, but the answer was lost
      throw new ApiError('conflict', 'wrong offset', 409)
    })
    await uploader.start()
    expect(server.received).toEqual([CHUNK, 5])
  })

  it('gives up on what waiting does not mend, and can be started again', async () => {
    server.failures = [new ApiError('resource_exhausted', 'the disk is full', 507)]
    await uploader.start()
    expect(last()).toMatchObject({ state: 'failed', error: { message: 'the disk is full' } })
    await uploader.start()
    expect(last()).toMatchObject({ state: 'complete', error: undefined })
  })

  it('does not ask for the offset forever', async () => {
    server.failures = Array.from({ length: 9 }, () => new ApiError('conflict', 'wrong offset', 409))
    await uploader.start()
    expect(last()).toMatchObject({ state: 'failed' })
  })

  it('pauses at once and resumes', async () => {
    server.patch.mockImplementationOnce(
      (_id, _offset, _bytes, signal?: AbortSignal) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))),
    )
    const done = uploader.start()
    await vi.advanceTimersByTimeAsync(0)
    uploader.pause()
    await done
    expect(last()).toMatchObject({ state: 'paused', sent: 0 })
    await uploader.start()
    expect(last()).toMatchObject({ state: 'complete', sent: SIZE })
  })

  it('stays paused although it was waiting for the server', async () => {
    server.failures = [offline()]
    const done = uploader.start()
    await vi.advanceTimersByTimeAsync(10)
    uploader.pause()
    await done
    expect(last().state).toBe('paused')
  })

  it('removes the upload when it is cancelled', async () => {
    server.failures = [undefined, new ApiError('invalid_argument', 'no', 400)]
    await uploader.start()
    await uploader.cancel()
    expect(last().state).toBe('cancelled')
    expect(server.uploads.size).toBe(0)
    expect(memory.known.size).toBe(0)
  })
})

describe('reactionTo', () => {
  it.each([
    [0, 'wait'],
    [502, 'wait'],
    [429, 'wait'],
    [409, 'locate'],
    [404, 'anew'],
    [401, 'fail'],
    [413, 'fail'],
  ])('meets %d with %s', (status, reaction) => expect(reactionTo(new ApiError('x', '', status))).toBe(reaction))
  it('does not hide mistakes of our own', () => expect(reactionTo(new TypeError('bug'))).toBe('fail'))
})

describe('waitBefore', () => {
  it('doubles up to half a minute', () =>
    expect([1, 2, 3, 6, 20].map(waitBefore)).toEqual([1000, 2000, 4000, 30_000, 30_000]))
})

describe('Rate', () => {
  it('looks at the last ten seconds', () => {
    const rate = new Rate()
    expect(rate.perSecond).toBeUndefined()
    for (const [at, sent] of [
      [0, 0],
      [10_000, 1000],
      [20_000, 101_000],
      [20_500, 106_000],
    ] as const)
      rate.add(at, sent)
    expect(rate.perSecond).toBeCloseTo(10_000)
  })
})
