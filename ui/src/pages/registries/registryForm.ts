import type { RegistryInput } from '@/api/registries'
import type { Registry } from '@/api/types'
import { isRegistryHost } from '@/components/copy/reference'

// What the form of a registry holds, and what is wrong with it. Pure.

export interface RegistryDraft {
  name: string
  url: string
  user: string
  password: string
  // The stored one is to go.
  removePassword: boolean
  tlsVerify: boolean
  caCertificate: string
  removeCaCertificate: boolean
}

// Keys below registries.problem in the locales.
export type DraftProblems = Partial<Record<'name' | 'url' | 'user' | 'caCertificate', string>>

export const presets = [
  { name: 'Docker Hub', url: 'https://docker.io' },
  { name: 'GitHub', url: 'https://ghcr.io' },
  { name: 'Quay', url: 'https://quay.io' },
  { name: 'Kubernetes', url: 'https://registry.k8s.io' },
]

export function draftOf(registry?: Registry): RegistryDraft {
  return {
    name: registry?.name ?? '',
    url: registry?.url ?? '',
    user: registry?.user ?? '',
    password: '',
    removePassword: false,
    tlsVerify: registry?.tlsVerify ?? true,
    caCertificate: '',
    removeCaCertificate: false,
  }
}

// People write "ghcr.io" or paste an address with a slash at its end.
export function tidyUrl(text: string): string {
  const trimmed = text.trim().replace(/\/+$/, '')
  if (!trimmed || /^[a-z]+:\/\//i.test(trimmed)) return trimmed
  return `${/^(localhost|127\.|\[::1\])/.test(trimmed) ? 'http' : 'https'}://${trimmed}`
}

function urlProblem(text: string): string | undefined {
  const url = tidyUrl(text)
  if (!url) return 'urlMissing'
  const match = /^([a-z]+):\/\/(.*)$/i.exec(url)
  const [, scheme = '', rest = ''] = match ?? []
  if (!/^https?$/i.test(scheme)) return 'urlScheme'
  if (rest.includes('@')) return 'urlCredentials'
  if (/[/?#]/.test(rest)) return 'urlPath'
  return isRegistryHost(rest) ? undefined : 'urlHost'
}

function certificateProblem(text: string): string | undefined {
  if (!text.trim()) return undefined
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return 'caPrivateKey'
  const begins = text.match(/-----BEGIN CERTIFICATE-----/g)?.length ?? 0
  const ends = text.match(/-----END CERTIFICATE-----/g)?.length ?? 0
  if (begins === 0) return 'caNotPem'
  return begins === ends ? undefined : 'caCut'
}

export function draftProblems(draft: RegistryDraft, stored?: Registry): DraftProblems {
  const problems: DraftProblems = {}
  if (!draft.name.trim()) problems.name = 'nameMissing'
  else if (draft.name.trim().length > 100) problems.name = 'nameLong'
  const url = urlProblem(draft.url)
  if (url) problems.url = url
  const hasPassword = draft.password || keepsPassword(draft, stored)
  if (hasPassword && !draft.user.trim()) problems.user = 'userMissing'
  const certificate = certificateProblem(draft.caCertificate)
  if (certificate) problems.caCertificate = certificate
  return problems
}

// A password is kept for the address it was given for, and no other.
export function keepsPassword(draft: RegistryDraft, stored?: Registry): boolean {
  return Boolean(stored?.hasPassword) && !draft.removePassword && tidyUrl(draft.url) === stored?.url
}

export function settingsOf(draft: RegistryDraft): Omit<RegistryInput, 'name'> {
  const written = (value: string, remove: boolean) => value || (remove ? null : undefined)
  return {
    url: tidyUrl(draft.url),
    user: draft.user.trim() || undefined,
    password: written(draft.password, draft.removePassword),
    tlsVerify: draft.tlsVerify,
    caCertificate: written(draft.caCertificate.trim() && `${draft.caCertificate.trim()}\n`, draft.removeCaCertificate),
  }
}

export const inputOf = (draft: RegistryDraft): RegistryInput => ({ name: draft.name.trim(), ...settingsOf(draft) })
