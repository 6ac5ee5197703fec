import type { Robot, Scope } from '@/api/accessTypes'
import type { NewRobot, RobotInput } from '@/api/robots'
import { expiresAt, expiryOf, type Expiry } from '@/composables/expiry'
import { isPathName } from '@/composables/names'
import { copyOf, PULL, scopesProblem } from '@/composables/scopes'

// What the form of a robot holds, and what is wrong with it. Pure.

export interface RobotDraft {
  name: string
  description: string
  expiry: Expiry
  scopes: Scope[]
}

// Keys of the locales.
export type RobotProblems = Partial<Record<'name' | 'expiry' | 'scopes', string>>

export function draftOf(robot?: Robot, project?: string): RobotDraft {
  return {
    name: robot?.name ?? '',
    description: robot?.description ?? '',
    expiry: robot ? expiryOf(robot.expiresAt) : { choice: '90', day: '' },
    scopes: copyOf(robot?.scopes ?? [{ project: project ?? '', permissions: PULL }]),
  }
}

// Before the name that is chosen: robot$team+ci, robot$ci.
export const prefixOf = (project?: string): string => (project ? `robot$${project}+` : 'robot$')

export function draftProblems(draft: RobotDraft, now: number, stored?: Robot): RobotProblems {
  const problems: RobotProblems = {}
  if (!stored && !isPathName(draft.name.trim())) problems.name = 'robots.problem.name'
  if (expiresAt(draft.expiry, now) === undefined) problems.expiry = 'access.expiry.missing'
  const scopes = scopesProblem(draft.scopes)
  if (scopes) problems.scopes = `access.scope.problem.${scopes}`
  return problems
}

export function newRobotOf(draft: RobotDraft, now: number): NewRobot {
  return {
    name: draft.name.trim(),
    description: draft.description.trim(),
    expiresAt: expiresAt(draft.expiry, now) ?? undefined,
    scopes: draft.scopes,
  }
}

export function inputOf(draft: RobotDraft, stored: Robot, now: number): RobotInput {
  // The day it had stays the moment it had.
  const before = expiryOf(stored.expiresAt)
  const same = before.choice === draft.expiry.choice && before.day === draft.expiry.day
  return {
    description: draft.description.trim(),
    disabled: stored.disabled,
    expiresAt: same ? (stored.expiresAt ?? null) : expiresAt(draft.expiry, now),
    scopes: draft.scopes,
  }
}

// A robot as it is, switched off or on.
export const switchedInput = ({ description, disabled, expiresAt: at, scopes }: Robot): RobotInput => ({
  description,
  disabled: !disabled,
  expiresAt: at ?? null,
  scopes,
})
