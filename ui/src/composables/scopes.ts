import type { Permission, Scope } from '@/api/accessTypes'

// Pure: what a robot or a token may do, as the form holds it.

export const PULL = ['image.pull']
export const PUSH = ['image.pull', 'image.push']

export type Preset = 'pull' | 'push' | 'custom'

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((one) => b.includes(one))

export function presetOf(permissions: readonly string[]): Preset {
  return same(permissions, PULL) ? 'pull' : same(permissions, PUSH) ? 'push' : 'custom'
}

// What can be given away: rows of a project, as the table of the server has them.
export const projectPermissions = (all: readonly Permission[]): Permission[] =>
  all.filter((one) => one.scope === 'project')

export type ScopeProblem = 'noScope' | 'noProject' | 'noPermission' | 'twice'

export function scopesProblem(scopes: readonly Scope[]): ScopeProblem | undefined {
  if (scopes.length === 0) return 'noScope'
  if (scopes.some((scope) => !scope.project)) return 'noProject'
  if (scopes.some((scope) => scope.permissions.length === 0)) return 'noPermission'
  return new Set(scopes.map((scope) => scope.project)).size < scopes.length ? 'twice' : undefined
}

// A copy that a form may change.
export const copyOf = (scopes: readonly Scope[]): Scope[] =>
  scopes.map(({ project, permissions }) => ({ project, permissions: [...permissions] }))
