import { listRemoteRepositories, listRemoteTags } from '@/api/registries'
import { listRepositories, listTags } from '@/api/repositories'

export interface Suggestion {
  value: string
}

const MOST = 20

// "team/app:1" asks for tags of team/app that have "1"; "tea" for repositories.
export function splitTyped(text: string): { repository: string; tag?: string } {
  const colon = text.lastIndexOf(':')
  if (colon <= text.lastIndexOf('/')) return { repository: text }
  return { repository: text.slice(0, colon), tag: text.slice(colon + 1) }
}

async function repositories(text: string, registryId?: string): Promise<string[]> {
  const query = { search: text, limit: MOST }
  const page = await (registryId ? listRemoteRepositories(registryId, query) : listRepositories(query))
  return page.items.map(({ name }) => name)
}

async function tags(repository: string, text: string, registryId?: string): Promise<string[]> {
  if (!registryId) return (await listTags(repository, { search: text, limit: MOST })).items.map(({ tag }) => tag)
  const page = await listRemoteTags(registryId, repository, { limit: 500 })
  return page.items
    .map(({ tag }) => tag)
    .filter((tag) => tag.includes(text))
    .slice(0, MOST)
}

// How the name that is being typed could go on; nothing when that cannot be known. `registryId`: of a stored registry,
// else of the warehouse.
export async function suggest(typed: string, registryId?: string): Promise<Suggestion[]> {
  const { repository, tag } = splitTyped(typed.trim())
  try {
    if (tag === undefined) return (await repositories(repository, registryId)).map((value) => ({ value }))
    return (await tags(repository, tag, registryId)).map((value) => ({ value: `${repository}:${value}` }))
  } catch {
    return []
  }
}
