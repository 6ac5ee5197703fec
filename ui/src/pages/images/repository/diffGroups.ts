import type { FieldChange } from '@/api/types'

// Pure: what changed between two images, put into groups.

export type GroupName = 'settings' | 'env' | 'label' | 'port' | 'volume'

export interface NamedChange extends FieldChange {
  // Without the group's word: "PATH" of "env PATH".
  name: string
  kind: 'added' | 'removed' | 'changed'
}

export interface Group {
  name: GroupName
  changes: NamedChange[]
}

const PREFIXES: GroupName[] = ['env', 'label', 'port', 'volume']

function kindOf({ before, after }: FieldChange): NamedChange['kind'] {
  if (before === null) return 'added'
  return after === null ? 'removed' : 'changed'
}

export function diffGroups(fields: FieldChange[]): Group[] {
  const groups = new Map<GroupName, NamedChange[]>([
    ['settings', []],
    ...PREFIXES.map((p) => [p, []] as [GroupName, []]),
  ])
  for (const field of fields) {
    const prefix = PREFIXES.find((word) => field.field.startsWith(`${word} `))
    const name = prefix ? field.field.slice(prefix.length + 1) : field.field
    groups.get(prefix ?? 'settings')?.push({ ...field, name, kind: kindOf(field) })
  }
  return [...groups].filter(([, changes]) => changes.length > 0).map(([name, changes]) => ({ name, changes }))
}
