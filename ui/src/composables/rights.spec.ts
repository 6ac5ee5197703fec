import { describe, expect, it } from 'vitest'
import type { ProjectRole } from '@/api/accessTypes'
import { isMember, mayManage, projectOf } from './rights'

describe('projectOf', () => {
  it.each([
    ['team/app', 'team'],
    ['team/deep/app', 'team'],
    ['app', 'app'],
  ])('%s belongs to %s', (repository, project) => expect(projectOf(repository)).toBe(project))
})

describe('rights in a project', () => {
  it.each<[ProjectRole | undefined, boolean, boolean]>([
    [undefined, false, false],
    ['guest', false, false],
    ['viewer', false, true],
    ['operator', false, true],
    ['admin', true, true],
  ])('of a %s', (role, manages, member) => {
    expect(mayManage({ role }, false)).toBe(manages)
    expect(isMember({ role }, false)).toBe(member)
  })
  it('of an administrator of the server are all', () => {
    expect(mayManage({ role: 'guest' }, true)).toBe(true)
    expect(isMember(undefined, true)).toBe(true)
  })
})
