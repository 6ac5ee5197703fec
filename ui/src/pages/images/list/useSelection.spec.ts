import { describe, expect, it } from 'vitest'
import { useSelection } from './useSelection'

const rows = ['a', 'b', undefined, 'd', 'e']
const chosen = (selection: { items: { value: ReadonlyMap<string, string> } }) => [...selection.items.value.keys()]

describe('a selection', () => {
  it('takes a row and leaves it again', () => {
    const selection = useSelection((i) => rows[i], String)
    selection.toggle(1, false)
    expect(selection.has('b')).toBe(true)
    selection.toggle(1, false)
    expect(chosen(selection)).toEqual([])
  })

  it('extends from the last toggled row, over those that are loaded', () => {
    const selection = useSelection((i) => rows[i], String)
    selection.toggle(4, false)
    selection.toggle(1, true)
    expect(chosen(selection).sort()).toEqual(['b', 'd', 'e'])
  })

  it('ignores a row that is not loaded', () => {
    const selection = useSelection((i) => rows[i], String)
    selection.toggle(2, false)
    expect(chosen(selection)).toEqual([])
  })
})
