import { api, encodeName, type Page } from './client'
import type { Repository, Tag } from './types'

export type RepositorySort = 'name' | '-name' | 'updatedAt' | '-updatedAt' | 'tags' | '-tags'
export type TagSort = 'name' | '-name' | 'updatedAt' | '-updatedAt' | 'size' | '-size'

interface ListQuery {
  search?: string
  limit?: number
  cursor?: string
  // Jumps into the list, instead of a cursor.
  offset?: number
}

const pathOf = (name: string) => `/repositories/${encodeName(name)}`
const tagPath = (name: string, tag: string) => `${pathOf(name)}/-/tags/${encodeURIComponent(tag)}`

export const listRepositories = (query: ListQuery & { sort?: RepositorySort; usage?: boolean }, signal?: AbortSignal) =>
  api.get<Page<Repository>>('/repositories', { ...query }, signal)
export const getRepository = (name: string, signal?: AbortSignal) => api.get<Repository>(pathOf(name), {}, signal)
export const putRepository = (name: string, input: { private: boolean }) => api.put<Repository>(pathOf(name), input)
export const deleteRepository = (name: string) => api.delete(pathOf(name))

export const listTags = (name: string, query: ListQuery & { sort?: TagSort }, signal?: AbortSignal) =>
  api.get<Page<Tag>>(`${pathOf(name)}/-/tags`, { ...query }, signal)
// Points the tag at an image of the repository, also when it pointed at another.
export const putTag = (name: string, tag: string, digest: string) => api.put(tagPath(name, tag), { digest })
export const deleteTag = (name: string, tag: string) => api.delete(tagPath(name, tag))
