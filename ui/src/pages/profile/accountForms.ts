import type { Scope } from '@/api/accessTypes'
import type { NewToken } from '@/api/account'
import { expiresAt, type Expiry } from '@/composables/expiry'
import { passwordProblem } from '@/composables/password'
import { PULL, scopesProblem } from '@/composables/scopes'

// What the forms of the own account hold, and what is wrong with it. Pure.

export interface PasswordDraft {
  old: string
  fresh: string
  again: string
}

export const emptyPassword = (): PasswordDraft => ({ old: '', fresh: '', again: '' })

// Keys of the locales.
export function passwordProblems({ old, fresh, again }: PasswordDraft): Partial<Record<keyof PasswordDraft, string>> {
  const problems: Partial<Record<keyof PasswordDraft, string>> = {}
  if (!old) problems.old = 'profile.problem.old'
  const problem = passwordProblem(fresh) ?? (fresh === old ? 'profile.problem.same' : undefined)
  if (problem) problems.fresh = problem
  else if (again !== fresh) problems.again = 'profile.problem.again'
  return problems
}

export interface TokenDraft {
  name: string
  expiry: Expiry
  // Not all that its owner may.
  limited: boolean
  scopes: Scope[]
}

export const emptyToken = (): TokenDraft => ({
  name: '',
  expiry: { choice: '90', day: '' },
  limited: false,
  scopes: [{ project: '*', permissions: [...PULL] }],
})

export type TokenProblems = Partial<Record<'name' | 'expiry' | 'scopes', string>>

export function tokenProblems(draft: TokenDraft, now: number): TokenProblems {
  const problems: TokenProblems = {}
  if (!draft.name.trim()) problems.name = 'profile.problem.tokenName'
  if (expiresAt(draft.expiry, now) === undefined) problems.expiry = 'access.expiry.missing'
  const scopes = draft.limited ? scopesProblem(draft.scopes) : undefined
  if (scopes) problems.scopes = `access.scope.problem.${scopes}`
  return problems
}

export const newTokenOf = (draft: TokenDraft, now: number): NewToken => ({
  name: draft.name.trim(),
  expiresAt: expiresAt(draft.expiry, now) ?? undefined,
  scopes: draft.limited ? draft.scopes : undefined,
})
