import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import VirtualRows from './VirtualRows.vue'

function list(total: number, busy = false) {
  return mount(VirtualRows, {
    attachTo: document.body,
    props: { total, busy, rowHeight: 40, label: 'Images', listKey: 'a', isSelected: (index: number) => index === 1 },
    slots: { row: '<template #row="{ index }"><div role="gridcell">row {{ index }}</div></template>' },
  })
}

describe('VirtualRows', () => {
  it('draws the rows in sight only, and says how many there are', () => {
    const rows = list(100_000)
    expect(rows.findAll('.row').length).toBeLessThan(60)
    expect(rows.attributes('aria-rowcount')).toBe('100001')
    expect(rows.find('.row').attributes('aria-rowindex')).toBe('2')
    expect(rows.findAll('.row')[1]!.attributes('aria-selected')).toBe('true')
    rows.unmount()
  })

  it('asks for the rows in sight', () => {
    const rows = list(100_000)
    expect(rows.emitted('look')?.[0]?.[0]).toBe(0)
    rows.unmount()
  })

  it('moves with the keys, opens with Enter and chooses with the space bar', async () => {
    const rows = list(100_000)
    await rows.trigger('focusin')
    await rows.trigger('keydown', { key: 'ArrowDown' })
    await rows.trigger('keydown', { key: 'Enter' })
    await rows.trigger('keydown', { key: ' ' })
    expect(rows.emitted('update:active')).toEqual([[1]])
    expect(rows.emitted('open')).toEqual([[1]])
    expect(rows.emitted('toggle')).toEqual([[1, false]])
    const active = rows.attributes('aria-activedescendant')
    expect(rows.find(`[id="${active}"]`).text()).toBe('row 1')
    rows.unmount()
  })

  it('jumps to the last row', async () => {
    const rows = list(100_000)
    await rows.trigger('keydown', { key: 'End' })
    expect(rows.text()).toContain('row 99999')
    rows.unmount()
  })

  it('leaves the keys of a control in a row to the control', async () => {
    const rows = list(3)
    await rows.find('.row').trigger('keydown', { key: 'Enter' })
    expect(rows.emitted('open')).toBeUndefined()
    rows.unmount()
  })

  it('comes back to where it was scrolled to, once its length is known', async () => {
    history.replaceState({ listScroll: 2_000_000 }, '')
    const rows = list(12, true)
    await rows.setProps({ busy: false, total: 100_000 })
    await nextTick()
    await nextTick()
    expect(rows.text()).toContain('row 50000')
    rows.unmount()
    history.replaceState(null, '')
  })
})
