import type { Change } from '@/components/ChangeList.vue'

// Pure: what an entry of the audit log changed, field by field; what stayed is left out.

type Document = Record<string, unknown>

const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function flatten(document: Document, prefix: string, into: Map<string, string>): void {
  for (const [key, value] of Object.entries(document)) {
    if (isDocument(value)) flatten(value, `${prefix}${key}.`, into)
    else if (value !== null && value !== undefined)
      into.set(prefix + key, typeof value === 'string' ? value : JSON.stringify(value))
  }
}

function fieldsOf(document?: Document): Map<string, string> {
  const fields = new Map<string, string>()
  if (document) flatten(document, '', fields)
  return fields
}

export function changesOf(before?: Document, after?: Document): Change[] {
  const old = fieldsOf(before)
  const fresh = fieldsOf(after)
  const names = new Set([...old.keys(), ...fresh.keys()])
  return [...names]
    .map((name) => ({ name, before: old.get(name) ?? null, after: fresh.get(name) ?? null }))
    .filter((change) => change.before !== change.after)
}
