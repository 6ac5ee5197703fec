import { describe, expect, it } from 'vitest'
import { changesOf } from './changes'

describe('changesOf', () => {
  it('leaves out what stayed', () =>
    expect(changesOf({ admin: false, name: 'mei' }, { admin: true, name: 'mei' })).toEqual([
      { name: 'admin', before: 'false', after: 'true' },
    ]))
  it('shows what came and what went', () =>
    expect(changesOf({ quotaBytes: 5, a: null }, { description: '' })).toEqual([
      { name: 'quotaBytes', before: '5', after: null },
      { name: 'description', before: null, after: '' },
    ]))
  it('looks inside, and takes lists as a whole', () =>
    expect(changesOf({ a: { b: 1 }, list: [1] }, { a: { b: 2 }, list: [1, 2] })).toEqual([
      { name: 'a.b', before: '1', after: '2' },
      { name: 'list', before: '[1]', after: '[1,2]' },
    ]))
  it('of nothing are none', () => expect(changesOf()).toEqual([]))
})
