import { ApiError } from '@/api/client'

// Pure: how long somebody must wait who tried too often. Retry-After has seconds or a date; a server that names neither
// is asked again after a while.
const UNTOLD = 30

export function waitSeconds(failure: unknown, now: number): number | undefined {
  if (!(failure instanceof ApiError) || failure.status !== 429) return undefined
  const told = failure.headers.get('Retry-After') ?? ''
  const seconds = /^\d+$/.test(told) ? Number(told) : Math.ceil((Date.parse(told) - now) / 1000)
  return Number.isFinite(seconds) ? Math.max(1, seconds) : UNTOLD
}
