import { describe, expect, it } from 'vitest'
import { gridStep } from './chartOptions'

const GIB = 1024 ** 3

describe('gridStep', () => {
  it('is round in the unit of the largest value', () => {
    expect(gridStep(13 * GIB)).toBe(5 * GIB)
    expect(gridStep(7 * GIB)).toBe(2 * GIB)
    expect(gridStep(1.6 * GIB)).toBe(0.5 * GIB)
  })
  it('has an answer for nothing', () => expect(gridStep(0)).toBeGreaterThan(0))
})
