import { describe, expect, it } from 'vitest'
import { diffGroups } from './diffGroups'

describe('groups of changes', () => {
  it('are by what the field is of, settings first', () => {
    const groups = diffGroups([
      { field: 'env PATH', before: '/bin', after: '/usr/bin' },
      { field: 'entrypoint', before: null, after: '[/app]' },
      { field: 'label org.example.a b', before: 'x', after: null },
      { field: 'working directory', before: '/', after: '/srv' },
    ])
    expect(groups.map((group) => [group.name, group.changes.map((change) => [change.name, change.kind])])).toEqual([
      [
        'settings',
        [
          ['entrypoint', 'added'],
          ['working directory', 'changed'],
        ],
      ],
      ['env', [['PATH', 'changed']]],
      ['label', [['org.example.a b', 'removed']]],
    ])
  })

  it('leave out what has no changes', () => expect(diffGroups([])).toEqual([]))
})
