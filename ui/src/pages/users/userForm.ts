import type { User } from '@/api/accessTypes'
import type { NewUser, UserInput } from '@/api/users'
import { isEmail } from '@/composables/email'
import { isUserName } from '@/composables/names'
import { passwordProblem } from '@/composables/password'

// What the form of a user holds, and what is wrong with it. Pure.

export interface UserDraft {
  name: string
  displayName: string
  email: string
  password: string
  admin: boolean
  disabled: boolean
}

// Keys of the locales.
export type UserProblems = Partial<Record<'name' | 'email' | 'password', string>>

export function draftOf(user?: User): UserDraft {
  return {
    name: user?.name ?? '',
    displayName: user?.displayName ?? '',
    email: user?.email ?? '',
    password: '',
    admin: user?.admin ?? false,
    disabled: user?.disabled ?? false,
  }
}

export function draftProblems(draft: UserDraft, stored?: User): UserProblems {
  const problems: UserProblems = {}
  if (!stored && !isUserName(draft.name.trim())) problems.name = 'users.problem.name'
  if (draft.email.trim() && !isEmail(draft.email.trim())) problems.email = 'users.problem.email'
  const password = stored ? undefined : passwordProblem(draft.password)
  if (password) problems.password = password
  return problems
}

export const inputOf = (draft: UserDraft): UserInput => ({
  displayName: draft.displayName.trim(),
  email: draft.email.trim(),
  admin: draft.admin,
  disabled: draft.disabled,
})

export const newUserOf = (draft: UserDraft): NewUser => ({
  name: draft.name.trim(),
  displayName: draft.displayName.trim(),
  email: draft.email.trim(),
  password: draft.password,
  admin: draft.admin,
})
