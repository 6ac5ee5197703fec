import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { rememberedUploads } from './remembered'

beforeEach(() => {
  localStorage.clear()
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

describe('rememberedUploads', () => {
  it('finds an upload again until it is forgotten', () => {
    rememberedUploads().keep('a.tar|1|2', 'u1')
    expect(rememberedUploads().find('a.tar|1|2')).toBe('u1')
    rememberedUploads().forget('a.tar|1|2')
    expect(rememberedUploads().find('a.tar|1|2')).toBeUndefined()
  })

  it('drops what the server has dropped too', () => {
    rememberedUploads().keep('old', 'u1')
    vi.advanceTimersByTime(25 * 3600 * 1000)
    rememberedUploads().keep('new', 'u2')
    expect(rememberedUploads().find('old')).toBeUndefined()
  })

  it('does without storage', () => {
    const broken = {
      getItem: () => {
        throw new Error('denied')
      },
    } as unknown as Storage
    expect(rememberedUploads(broken).find('a')).toBeUndefined()
  })
})
