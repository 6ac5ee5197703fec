import { describe, expect, it } from 'vitest'
import type { Project } from '@/api/accessTypes'
import { draftOf, draftProblems, inputOf, quotaBytes, quotaOf } from './projectForm'

const GIB = 1024 ** 3

describe('the quota', () => {
  it.each([
    [undefined, '', 'GiB'],
    [50 * GIB, '50', 'GiB'],
    [1.5 * GIB, '1.5', 'GiB'],
    [2048 * GIB, '2', 'TiB'],
    [100 * 1024 ** 2, '100', 'MiB'],
  ])('of %s bytes is %s %s', (bytes, quota, unit) => {
    expect(quotaOf(bytes)).toEqual({ quota, unit })
    expect(quotaBytes(quotaOf(bytes))).toBe(bytes ?? null)
  })
  it('takes a comma too', () => expect(quotaBytes({ quota: '1,5', unit: 'GiB' })).toBe(1.5 * GIB))
  it.each(['0', '-1', 'much', '1 000', '99999999999999'])('is not “%s”', (quota) =>
    expect(quotaBytes({ quota, unit: 'TiB' })).toBeUndefined(),
  )
})

describe('draftProblems', () => {
  it('are told by field', () =>
    expect(draftProblems({ ...draftOf(), quota: 'x' })).toEqual({
      name: 'projects.problem.name',
      quota: 'projects.problem.quota',
    }))
  it('leave the name of one that is there', () => expect(draftProblems(draftOf(), {} as Project)).toEqual({}))
})

describe('inputOf', () => {
  const draft = { ...draftOf(), name: 'team', description: ' ours ', quota: '2' }
  it('has the quota of an administrator', () =>
    expect(inputOf(draft, true)).toEqual({ displayName: '', description: 'ours', public: false, quotaBytes: 2 * GIB }))
  it('removes it with null', () => expect(inputOf({ ...draft, quota: '' }, true).quotaBytes).toBeNull())
  it('leaves it out for others', () => expect(inputOf(draft, false)).not.toHaveProperty('quotaBytes'))
})
