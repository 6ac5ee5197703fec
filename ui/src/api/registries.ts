import { api, encodeName, type Page } from './client'
import type { ImageDetail, Registry, RegistryTest } from './types'

// `password` and `caCertificate`: absent keeps what is stored, null removes it.
export interface RegistryInput {
  name: string
  url: string
  user?: string
  password?: string | null
  tlsVerify: boolean
  caCertificate?: string | null
}

export interface RegistryQuery {
  search?: string
  limit?: number
  cursor?: string
}

const pathOf = (id: string) => `/registries/${encodeURIComponent(id)}`
const repositoryOf = (id: string, name: string) => `${pathOf(id)}/repositories/${encodeName(name)}/-`

export const listRegistries = (query: RegistryQuery, signal?: AbortSignal) =>
  api.get<Page<Registry>>('/registries', { ...query }, signal)
export const getRegistry = (id: string, signal?: AbortSignal) => api.get<Registry>(pathOf(id), {}, signal)
export const createRegistry = (input: RegistryInput) => api.post<Registry>('/registries', input)
export const putRegistry = (id: string, input: RegistryInput) => api.put<Registry>(pathOf(id), input)
export const deleteRegistry = (id: string) => api.delete(pathOf(id))

export const testRegistry = (id: string, signal?: AbortSignal) =>
  api.post<RegistryTest>(`${pathOf(id)}/test`, undefined, { signal })
// `id` lends the stored password and certificate to what is not saved yet.
export const testUnsaved = (input: Omit<RegistryInput, 'name'> & { id?: string }, signal?: AbortSignal) =>
  api.post<RegistryTest>('/registries/test', input, { signal })

export const listRemoteRepositories = (id: string, query: RegistryQuery, signal?: AbortSignal) =>
  api.get<Page<{ name: string }>>(`${pathOf(id)}/repositories`, { ...query }, signal)
export const listRemoteTags = (
  id: string,
  repository: string,
  query: { limit?: number; cursor?: string },
  signal?: AbortSignal,
) => api.get<Page<{ tag: string }>>(`${repositoryOf(id, repository)}/tags`, query, signal)
export const getRemoteImage = (id: string, repository: string, reference: string, signal?: AbortSignal) =>
  api.get<ImageDetail>(`${repositoryOf(id, repository)}/images/${encodeURIComponent(reference)}`, {}, signal)
