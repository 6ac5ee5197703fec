import { describe, expect, it } from 'vitest'
import { rowAfterKey, rowsInSight, scrolledHeight, scrollToRow } from './rowWindow'

const list = { total: 100_000, rowHeight: 40, viewport: 400 }
const huge = { total: 10_000_000, rowHeight: 40, viewport: 400 }

describe('rows in sight', () => {
  it('are those in the viewport and a few beyond', () => {
    expect(rowsInSight(list, 0, 2)).toEqual({ first: 0, end: 12, top: 0 })
    expect(rowsInSight(list, 4_010, 2)).toEqual({ first: 98, end: 113, top: 3_920 })
  })

  it('end with the list', () => {
    expect(rowsInSight(list, 100_000 * 40 - 400, 2).end).toBe(100_000)
    expect(rowsInSight({ ...list, total: 0 }, 0)).toEqual({ first: 0, end: 0, top: 0 })
  })

  it('reach the last row of a list that is too high for the browser', () => {
    const height = scrolledHeight(huge)
    expect(height).toBeLessThan(huge.total * huge.rowHeight)
    const { first, end, top } = rowsInSight(huge, height - huge.viewport, 0)
    expect(end).toBe(huge.total)
    expect(top + (end - first) * huge.rowHeight).toBeCloseTo(height)
  })
})

describe('scrolling to a row', () => {
  it('moves no further than needed', () => {
    expect(scrollToRow(list, 4_000, 105)).toBe(4_000)
    expect(scrollToRow(list, 4_000, 99)).toBe(3_960)
    expect(scrollToRow(list, 4_000, 110)).toBe(4_040)
  })

  it('shows the row also where the list is too high for the browser', () => {
    const scrollTop = scrollToRow(huge, 0, 7_654_321)
    const { first, end } = rowsInSight(huge, scrollTop, 0)
    expect(first).toBeLessThanOrEqual(7_654_321)
    expect(end).toBeGreaterThan(7_654_321)
  })
})

describe('keys', () => {
  it('move by rows, pages and to the ends', () => {
    expect(rowAfterKey('ArrowDown', 5, list)).toBe(6)
    expect(rowAfterKey('PageDown', 5, list)).toBe(14)
    expect(rowAfterKey('PageUp', 5, list)).toBe(0)
    expect(rowAfterKey('End', 5, list)).toBe(99_999)
    expect(rowAfterKey('Home', 5, list)).toBe(0)
    expect(rowAfterKey('ArrowDown', 99_999, list)).toBe(99_999)
  })

  it('leave other keys alone', () => {
    expect(rowAfterKey('x', 5, list)).toBeUndefined()
  })
})
