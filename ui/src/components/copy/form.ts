import type { ArchiveFormat, UploadedImages } from '@/api/types'
import type { Compression, CopyInput, ExportInput, ImportInput } from '@/api/transfers'
import type { CopyRequest, SourceKind, TargetKind } from '@/composables/useCopyDialog'
import {
  nameOf,
  parseAtRegistry,
  parseInWarehouse,
  parsePlace,
  parseReference,
  placeOf,
  type Parsed,
  type ReferenceProblem,
} from './reference'

// What the dialog asks for, and what follows from it. Pure.

export interface ArchiveRow {
  name: string
  platforms: string[]
  size: number
  chosen: boolean
  as: string
}

export interface CopyForm {
  sourceKind: SourceKind
  // The host of a stored registry; empty when the name begins with the registry.
  sourceRegistry: string
  sourceName: string
  targetKind: TargetKind
  targetRegistry: string
  targetName: string
  // Until the user writes a target it follows the source.
  targetTouched: boolean
  format: ArchiveFormat
  platforms: string[] // none: all
  referrers: boolean
  compression: Compression
  upload: string
  rows: ArchiveRow[]
}

export type Request =
  { kind: 'copy'; input: CopyInput } | { kind: 'import'; input: ImportInput } | { kind: 'export'; input: ExportInput }

const EMPTY: CopyForm = {
  sourceKind: 'registry',
  sourceRegistry: '',
  sourceName: '',
  targetKind: 'warehouse',
  targetRegistry: '',
  targetName: '',
  targetTouched: false,
  format: 'oci-archive',
  platforms: [],
  referrers: false,
  compression: 'gzip',
  upload: '',
  rows: [],
}

// `hosts`: the stored registries.
export function formOf(request: CopyRequest, hosts: string[]): CopyForm {
  const form = { ...EMPTY, rows: [] as ArchiveRow[], platforms: [] as string[] }
  const source = request.source ? parsePlace(request.source).reference : undefined
  const target = request.target ? parsePlace(request.target).reference : undefined
  if (source) {
    form.sourceKind = source.registry ? 'registry' : 'warehouse'
    const stored = hosts.includes(source.registry)
    form.sourceRegistry = stored ? source.registry : ''
    form.sourceName = stored || !source.registry ? nameOf(source) : placeOf(source).replace('docker://', '')
  } else {
    form.sourceKind = request.file ? 'archive' : (request.from ?? 'registry')
    form.sourceRegistry = hosts[0] ?? ''
  }
  form.targetRegistry = hosts.find((host) => host !== form.sourceRegistry) ?? hosts[0] ?? ''
  if (target) {
    form.targetKind = target.registry ? 'registry' : 'warehouse'
    const stored = hosts.includes(target.registry)
    if (target.registry) form.targetRegistry = stored ? target.registry : ''
    form.targetName = stored || !target.registry ? nameOf(target) : placeOf(target).replace('docker://', '')
    form.targetTouched = true
  } else form.targetKind = request.to ?? (form.sourceKind === 'warehouse' ? 'registry' : 'warehouse')
  return form
}

const parse = (kind: SourceKind | TargetKind, registry: string, name: string): Parsed =>
  kind === 'registry' ? parseAtRegistry(name, registry) : parseInWarehouse(name)

export const sourceOf = (form: CopyForm): Parsed => parse(form.sourceKind, form.sourceRegistry, form.sourceName)

export function targetOf(form: CopyForm): Parsed {
  const parsed = parse(form.targetKind, form.targetRegistry, form.targetName)
  // An image gets a name; its digest follows from what it is.
  return parsed.reference?.digest ? { problem: 'digestUnwanted' } : parsed
}

// The same name on the other side; an image that was named by digest only has no tag to keep.
export function suggestedTarget(form: CopyForm): string {
  const { reference } = sourceOf(form)
  if (!reference) return ''
  const name = nameOf({ registry: '', repository: reference.repository, tag: reference.tag ?? 'latest' })
  return form.targetKind === 'registry' && !form.targetRegistry ? '' : name
}

// What an image of an archive is called here: without the registry it came from. Some have only a digest, or in an
// oci-archive only a tag, and need a name.
export function nameForArchived(name: string, format: ArchiveFormat): string {
  const { reference } = parseReference(name)
  const nameless = name.startsWith('sha256:') || (format === 'oci-archive' && !/[/:]/.test(name))
  if (!reference || nameless) return ''
  return nameOf({ ...reference, registry: '', digest: undefined, tag: reference.tag ?? 'latest' })
}

export function rowsOf({ format, items }: UploadedImages): ArchiveRow[] {
  return items.map((image) => ({ ...image, chosen: true, as: nameForArchived(image.name, format) }))
}

export const chosenRows = (form: CopyForm): ArchiveRow[] => form.rows.filter((row) => row.chosen)

export function rowTarget(form: CopyForm, row: ArchiveRow): Parsed {
  const parsed = parse(form.targetKind, form.targetRegistry, row.as)
  return parsed.reference?.digest ? { problem: 'digestUnwanted' } : parsed
}

export interface Problems {
  source?: ReferenceProblem
  target?: ReferenceProblem | 'same'
  rows?: 'noneChosen' | 'names' | 'notReady'
}

export function problemsOf(form: CopyForm): Problems {
  if (form.sourceKind === 'archive') {
    if (!form.upload || form.rows.length === 0) return { rows: 'notReady' }
    const chosen = chosenRows(form)
    if (chosen.length === 0) return { rows: 'noneChosen' }
    return chosen.some((row) => rowTarget(form, row).problem) ? { rows: 'names' } : {}
  }
  const source = sourceOf(form)
  const target = form.targetKind === 'download' ? undefined : targetOf(form)
  const same = source.reference && target?.reference && placeOf(source.reference) === placeOf(target.reference)
  return { source: source.problem, target: same ? 'same' : target?.problem }
}

export function isReady(form: CopyForm): boolean {
  const { source, target, rows } = problemsOf(form)
  return !source && !target && !rows
}

function archiveRequests(form: CopyForm): Request[] {
  const { upload, compression } = form
  const platforms = form.platforms.length ? form.platforms : undefined
  const chosen = chosenRows(form).map((row) => ({ name: row.name, to: rowTarget(form, row).reference! }))
  if (form.targetKind === 'warehouse') {
    const images = chosen.map(({ name, to }) => ({ name, as: nameOf(to) }))
    return [{ kind: 'import', input: { upload, images, platforms, compression } }]
  }
  return chosen.map(({ name, to }) => ({
    kind: 'copy',
    input: {
      source: name ? `upload:${upload}:${name}` : `upload:${upload}`,
      target: placeOf(to),
      platforms,
      compression,
    },
  }))
}

// What to ask of the server; only for a form that is ready.
export function requestsOf(form: CopyForm): Request[] {
  if (form.sourceKind === 'archive') return archiveRequests(form)
  const source = placeOf(sourceOf(form).reference!)
  const platforms = form.platforms.length ? form.platforms : undefined
  if (form.targetKind === 'download')
    return [{ kind: 'export', input: { images: [source], format: form.format, platforms } }]
  const referrers = form.referrers || undefined
  return [{ kind: 'copy', input: { source, target: placeOf(targetOf(form).reference!), platforms, referrers } }]
}

export interface Sentence {
  key: string
  values: Record<string, string | number>
}

// What will happen, as a key of the locales and what stands in it; nothing while the form is not ready.
export function sentenceOf(form: CopyForm): Sentence | undefined {
  if (!isReady(form)) return undefined
  const key = `copy.sentence.${form.sourceKind}.${form.targetKind}`
  if (form.sourceKind === 'archive') {
    const names = chosenRows(form).map((row) => rowTarget(form, row).reference!)
    const values = { n: names.length, first: nameOf(names[0]!), registry: names[0]!.registry }
    return { key: `${key}.${names.length === 1 ? 'one' : 'many'}`, values }
  }
  const source = sourceOf(form).reference!
  const values: Record<string, string> = { image: nameOf(source), registry: source.registry, format: form.format }
  if (form.targetKind !== 'download') {
    const target = targetOf(form).reference!
    values.target = nameOf(target)
    values.targetRegistry = target.registry
  }
  return { key, values }
}
