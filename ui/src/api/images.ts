import { api, encodeName, send, type Page } from './client'
import type { TagSort } from './repositories'
import type { Image, ImageDetail, ImageDiff, Referrer } from './types'

export interface ImageQuery {
  search?: string
  sort?: TagSort
  platform?: string
  limit?: number
  cursor?: string
  // Jumps into the list, instead of a cursor.
  offset?: number
}

const pathOf = (repository: string, noun: string, reference: string) =>
  `/repositories/${encodeName(repository)}/-/${noun}/${encodeURIComponent(reference)}`

export const listImages = (query: ImageQuery, signal?: AbortSignal) =>
  api.get<Page<Image>>('/images', { ...query }, signal)
export const getImage = (repository: string, reference: string, signal?: AbortSignal) =>
  api.get<ImageDetail>(pathOf(repository, 'images', reference), {}, signal)
// Every tag on it goes too.
export const deleteImage = (repository: string, digest: string) => api.delete(pathOf(repository, 'images', digest))
export const listReferrers = (repository: string, digest: string, signal?: AbortSignal) =>
  api.get<{ items: Referrer[] }>(pathOf(repository, 'referrers', digest), {}, signal)

// The bytes as they are stored, so that their digest stays right.
export async function getManifest(repository: string, reference: string, signal?: AbortSignal): Promise<Blob> {
  const response = await send('GET', pathOf(repository, 'manifests', reference), { signal, headers: { Accept: '*/*' } })
  return response.blob()
}

// `from` and `to` are named "repository:tag".
export const diffImages = (from: string, to: string, platform?: string, signal?: AbortSignal) =>
  api.get<ImageDiff>('/diff', { from, to, platform }, signal)
