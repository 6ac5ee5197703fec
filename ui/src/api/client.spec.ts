import { afterEach, describe, expect, it, vi } from 'vitest'
import { api, ApiError, apiUrl, encodeName, onSignedOut, pages } from './client'

function answer(status: number, body?: unknown, headers: Record<string, string> = {}) {
  const mock = vi.fn(async () => new Response(body === undefined ? null : JSON.stringify(body), { status, headers }))
  vi.stubGlobal('fetch', mock)
  return mock
}

afterEach(() => vi.unstubAllGlobals())

describe('api', () => {
  it('marks every request as ours, which the server wants of cookies that write', async () => {
    const mock = answer(200, { ok: true })
    await api.post('/copies', { source: 'a' })
    const [url, init] = mock.mock.calls[0] as unknown as [string, RequestInit]
    expect(url).toBe('/api/v1/copies')
    expect(init.headers).toMatchObject({ 'X-Requested-With': 'cang', 'Content-Type': 'application/json' })
    expect(init.body).toBe('{"source":"a"}')
  })

  it('throws the problem document', async () => {
    answer(404, { kind: 'not_found', detail: 'no such image' }, { 'X-Request-Id': 'r1' })
    const failure = await api.get('/x').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ApiError)
    expect(failure).toMatchObject({ kind: 'not_found', message: 'no such image', status: 404, requestId: 'r1' })
  })

  it('makes an error of what no server of ours said', async () => {
    vi.stubGlobal('fetch', async () => new Response('<html>', { status: 502, statusText: 'Bad Gateway' }))
    await expect(api.get('/x')).rejects.toMatchObject({ kind: 'unavailable', message: 'HTTP 502 Bad Gateway' })
  })

  it('says that the server cannot be reached', async () => {
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('failed')))
    await expect(api.get('/x')).rejects.toMatchObject({ kind: 'unreachable', status: 0 })
  })

  it('tells when the session has ended, but not when signing in fails', async () => {
    const listener = vi.fn()
    onSignedOut(listener)
    answer(401, {})
    await expect(api.post('/session', {})).rejects.toBeInstanceOf(ApiError)
    expect(listener).not.toHaveBeenCalled()
    await expect(api.get('/images')).rejects.toBeInstanceOf(ApiError)
    expect(listener).toHaveBeenCalledOnce()
  })

  it('has nothing to read in an answer without content', async () => {
    answer(204)
    await expect(api.delete('/x')).resolves.toBeUndefined()
  })
})

describe('apiUrl', () => {
  it('leaves out what is not set', () =>
    expect(apiUrl('/images', { search: '', limit: 50, platform: undefined })).toBe('/api/v1/images?limit=50'))
})

describe('encodeName', () => {
  it('keeps the slashes', () => expect(encodeName('team/a b')).toBe('team/a%20b'))
})

describe('pages', () => {
  it('follows the cursors to the end', async () => {
    const answers = [{ items: [1, 2], next: 'c' }, { items: [3] }]
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify(answers.shift())))
    const all: number[] = []
    for await (const page of pages<number>('/x')) all.push(...page.items)
    expect(all).toEqual([1, 2, 3])
  })
})
