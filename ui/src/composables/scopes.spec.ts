import { describe, expect, it } from 'vitest'
import type { Permission } from '@/api/accessTypes'
import { copyOf, presetOf, projectPermissions, scopesProblem } from './scopes'

describe('presetOf', () => {
  it.each([
    [['image.pull'], 'pull'],
    [['image.push', 'image.pull'], 'push'],
    [['image.push'], 'custom'],
    [[], 'custom'],
  ])('%j is %s', (permissions, preset) => expect(presetOf(permissions)).toBe(preset))
})

describe('scopesProblem', () => {
  const pull = { project: 'team', permissions: ['image.pull'] }
  it.each([
    [[pull], undefined],
    [[pull, { ...pull, project: '*' }], undefined],
    [[], 'noScope'],
    [[{ ...pull, project: '' }], 'noProject'],
    [[{ ...pull, permissions: [] }], 'noPermission'],
    [[pull, pull], 'twice'],
  ])('of %j is %s', (scopes, problem) => expect(scopesProblem(scopes)).toBe(problem))
})

describe('projectPermissions', () => {
  it('leaves out those of the server', () => {
    const rows = [
      { name: 'image.pull', scope: 'project' },
      { name: 'user.manage', scope: 'server' },
    ] as Permission[]
    expect(projectPermissions(rows).map((row) => row.name)).toEqual(['image.pull'])
  })
})

describe('copyOf', () => {
  it('shares nothing with what it copies', () => {
    const scopes = [{ project: 'team', permissions: ['image.pull'] }]
    copyOf(scopes)[0]!.permissions.push('image.push')
    expect(scopes[0]!.permissions).toEqual(['image.pull'])
  })
})
