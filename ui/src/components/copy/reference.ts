// Names of images as people type them, checked as the server will check them. Pure.

export interface Reference {
  registry: string // "host[:port]", or empty
  repository: string
  tag?: string
  digest?: string
}

// A key below copy.problem in the locales.
export type ReferenceProblem =
  | 'empty'
  | 'scheme'
  | 'credentials'
  | 'digest'
  | 'registry'
  | 'tagMissing'
  | 'tag'
  | 'repositoryMissing'
  | 'upperCase'
  | 'repository'
  | 'tooLong'
  | 'registryMissing'
  | 'registryUnwanted'
  | 'digestUnwanted'

export type Parsed =
  { reference: Reference; problem?: undefined } | { reference?: undefined; problem: ReferenceProblem }

const HOST =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]{2,}\])(?::(\d{1,5}))?$/i
const WORD = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/
const IMAGE_ID = /^[0-9a-f]{64}$/

function looksLikeRegistry(part: string): boolean {
  return part === 'localhost' || /[.:]/.test(part) || part.startsWith('[')
}

export function isRegistryHost(text: string): boolean {
  const match = HOST.exec(text)
  return text.length <= 255 && match !== null && Number(match[1] ?? 0) <= 65535
}

export function repositoryProblem(name: string): ReferenceProblem | undefined {
  if (!name) return 'repositoryMissing'
  if (/[A-Z]/.test(name)) return 'upperCase'
  if (!name.split('/').every((part) => WORD.test(part))) return 'repository'
  return name.length > 255 ? 'tooLong' : undefined
}

// [registry/]repository[:tag][@digest]; nothing that is missing is filled in.
export function parseReference(input: string): Parsed {
  let text = input.trim()
  if (!text) return { problem: 'empty' }
  if (text.includes('://')) return { problem: 'scheme' }
  if (/@.*\//.test(text)) return { problem: 'credentials' }
  const reference: Reference = { registry: '', repository: '' }
  const at = text.indexOf('@')
  if (at >= 0) {
    reference.digest = text.slice(at + 1)
    if (!DIGEST.test(reference.digest)) return { problem: 'digest' }
    text = text.slice(0, at)
  }
  const slash = text.indexOf('/')
  if (slash >= 0 && looksLikeRegistry(text.slice(0, slash))) {
    reference.registry = text.slice(0, slash)
    if (!isRegistryHost(reference.registry)) return { problem: 'registry' }
    text = text.slice(slash + 1)
  }
  const colon = text.lastIndexOf(':')
  if (colon > text.lastIndexOf('/')) {
    reference.tag = text.slice(colon + 1)
    if (!reference.tag) return { problem: 'tagMissing' }
    if (!TAG.test(reference.tag)) return { problem: 'tag' }
    text = text.slice(0, colon)
  }
  const problem = repositoryProblem(text)
  if (problem) return { problem }
  reference.repository = text
  return { reference }
}

const isDockerHub = (registry: string) => registry === 'docker.io' || registry === 'index.docker.io'

// A reference at a registry, with Docker's short names: "nginx" at docker.io is library/nginx:latest. Where `registry` is
// given the name must not have one of its own; otherwise it needs one, because a bare name could mean any registry.
export function parseAtRegistry(input: string, registry: string): Parsed {
  const parsed = parseReference(input.replace(/^docker:\/\//, ''))
  if (!parsed.reference) return parsed
  const reference = { ...parsed.reference }
  if (registry && reference.registry && reference.registry !== registry) return { problem: 'registryUnwanted' }
  reference.registry ||= registry
  if (!reference.registry) return { problem: 'registryMissing' }
  if (isDockerHub(reference.registry)) {
    if (IMAGE_ID.test(reference.repository)) return { problem: 'repository' }
    reference.registry = 'docker.io'
    if (!reference.repository.includes('/')) reference.repository = `library/${reference.repository}`
  }
  if (!reference.tag && !reference.digest) reference.tag = 'latest'
  return { reference }
}

// A reference in this warehouse.
export function parseInWarehouse(input: string): Parsed {
  const parsed = parseReference(input)
  if (!parsed.reference) return parsed
  if (parsed.reference.registry) return { problem: 'registryUnwanted' }
  const { tag, digest } = parsed.reference
  return { reference: tag || digest ? parsed.reference : { ...parsed.reference, tag: 'latest' } }
}

// "repository:tag@digest", without the registry.
export function nameOf({ repository, tag, digest }: Reference): string {
  return repository + (tag ? `:${tag}` : '') + (digest ? `@${digest}` : '')
}

// The name the API knows the place by.
export function placeOf(reference: Reference): string {
  return reference.registry ? `docker://${reference.registry}/${nameOf(reference)}` : nameOf(reference)
}

// The reverse of placeOf, for places that come from our own pages.
export function parsePlace(place: string): Parsed {
  return place.startsWith('docker://') ? parseAtRegistry(place, '') : parseInWarehouse(place)
}
