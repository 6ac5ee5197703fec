import { describe, expect, it } from 'vitest'
import { shareOf, shareOfAll } from './progress'

describe('shareOf', () => {
  it('is unknown without a total', () => expect(shareOf(5)).toBeUndefined())
  it('never exceeds the whole', () => expect(shareOf(12, 10)).toBe(1))
})

describe('shareOfAll', () => {
  it('weighs by what there is to do', () =>
    expect(
      shareOfAll([
        { done: 10, total: 10, parts: [] },
        { done: 0, total: 30, parts: [] },
      ]),
    ).toBe(0.25))
  it('is unknown while one is', () => expect(shareOfAll([{ done: 1, total: 2, parts: [] }, undefined])).toBeUndefined())
  it('is unknown of none', () => expect(shareOfAll([])).toBeUndefined())
})
