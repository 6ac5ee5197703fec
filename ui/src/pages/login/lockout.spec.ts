import { describe, expect, it } from 'vitest'
import { ApiError } from '@/api/client'
import { waitSeconds } from './lockout'

const now = Date.parse('2026-03-01T12:00:00Z')
const refused = (status: number, headers: Record<string, string> = {}) =>
  new ApiError('rate_limited', 'too many attempts', status, undefined, new Headers(headers))

describe('waitSeconds', () => {
  it('reads seconds', () => expect(waitSeconds(refused(429, { 'Retry-After': '90' }), now)).toBe(90))
  it('reads a date', () =>
    expect(waitSeconds(refused(429, { 'Retry-After': 'Sun, 01 Mar 2026 12:01:00 GMT' }), now)).toBe(60))
  it('is a while when nothing is told', () => expect(waitSeconds(refused(429), now)).toBe(30))
  it('is never in the past', () => expect(waitSeconds(refused(429, { 'Retry-After': '0' }), now)).toBe(1))
  it.each([refused(401), new Error('x'), undefined])('is nothing for %s', (failure) =>
    expect(waitSeconds(failure, now)).toBeUndefined(),
  )
})
