import { createHash } from 'node:crypto'

// The same data at every start.
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296
  }
}

export const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`
export const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
