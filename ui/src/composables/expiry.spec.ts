import { describe, expect, it } from 'vitest'
import { dayOf, expiresAt, expiryOf, expiryState } from './expiry'

const now = Date.parse('2026-03-01T12:00:00Z')

describe('expiresAt', () => {
  it('counts days', () => expect(expiresAt({ choice: '30', day: '' }, now)).toBe('2026-03-31T12:00:00.000Z'))
  it('may be never', () => expect(expiresAt({ choice: 'never', day: '2026-04-01' }, now)).toBeNull())
  it('is the end of the chosen day', () => {
    const end = new Date(expiresAt({ choice: 'day', day: '2026-04-01' }, now)!)
    expect(dayOf(end)).toBe('2026-04-01')
    expect(end.getHours()).toBe(23)
  })
  it.each(['', '2026-02-01', 'soon'])('is no day with “%s”', (day) =>
    expect(expiresAt({ choice: 'day', day }, now)).toBeUndefined(),
  )
})

describe('expiryOf', () => {
  it('keeps what was chosen', () => {
    expect(expiryOf()).toEqual({ choice: 'never', day: '' })
    const at = expiresAt({ choice: 'day', day: '2026-04-01' }, now)!
    expect(expiryOf(at)).toEqual({ choice: 'day', day: '2026-04-01' })
  })
})

describe('expiryState', () => {
  it.each([
    [undefined, 'good'],
    ['2026-06-01T00:00:00Z', 'good'],
    ['2026-03-10T00:00:00Z', 'soon'],
    ['2026-02-10T00:00:00Z', 'over'],
  ])('%s is %s', (at, state) => expect(expiryState(at, now)).toBe(state))
})
