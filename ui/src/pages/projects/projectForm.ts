import type { Project } from '@/api/accessTypes'
import type { ProjectInput } from '@/api/projects'
import { isPathName } from '@/composables/names'

// What the form of a project holds, and what is wrong with it. Pure.

export const quotaUnits = ['MiB', 'GiB', 'TiB'] as const
export type QuotaUnit = (typeof quotaUnits)[number]

export interface ProjectDraft {
  name: string
  displayName: string
  description: string
  public: boolean
  // Empty: none.
  quota: string
  unit: QuotaUnit
}

// Keys of the locales.
export type ProjectProblems = Partial<Record<'name' | 'quota', string>>

const FACTORS: Record<QuotaUnit, number> = { MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 }

// In the largest unit in which it is short.
export function quotaOf(bytes?: number): { quota: string; unit: QuotaUnit } {
  if (bytes === undefined) return { quota: '', unit: 'GiB' }
  const unit = [...quotaUnits].reverse().find((one) => bytes >= FACTORS[one] && (bytes / FACTORS[one]) % 0.25 === 0)
  return { quota: String(bytes / FACTORS[unit ?? 'MiB']), unit: unit ?? 'MiB' }
}

export function draftOf(project?: Project): ProjectDraft {
  return {
    name: project?.name ?? '',
    displayName: project?.displayName ?? '',
    description: project?.description ?? '',
    public: project?.public ?? false,
    ...quotaOf(project?.quotaBytes),
  }
}

// null: none; undefined: what was entered is no size.
export function quotaBytes({ quota, unit }: Pick<ProjectDraft, 'quota' | 'unit'>): number | null | undefined {
  const text = quota.trim().replace(',', '.')
  if (!text) return null
  const bytes = /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * FACTORS[unit]) : 0
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined
}

export function draftProblems(draft: ProjectDraft, stored?: Project): ProjectProblems {
  const problems: ProjectProblems = {}
  if (!stored && !isPathName(draft.name.trim())) problems.name = 'projects.problem.name'
  if (quotaBytes(draft) === undefined) problems.quota = 'projects.problem.quota'
  return problems
}

// The quota is sent by those only who may set it.
export function inputOf(draft: ProjectDraft, admin: boolean): ProjectInput {
  return {
    displayName: draft.displayName.trim(),
    description: draft.description.trim(),
    public: draft.public,
    ...(admin ? { quotaBytes: quotaBytes(draft) } : {}),
  }
}
