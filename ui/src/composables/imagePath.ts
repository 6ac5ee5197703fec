import { encodeName } from '@/api/client'

// Pure: names of images, and where their pages are. Paths are written by hand because the router would encode slashes.

export const isDigest = (reference: string): boolean => reference.includes(':')

export const repositoryPath = (repository: string): string => `/images/${encodeName(repository)}`

export function imagePath(repository: string, reference: string): string {
  return `${repositoryPath(repository)}/-/${encodeURIComponent(reference).replace('%3A', ':')}`
}

// team/app:1.2, or team/app@sha256:…
export function imageName(repository: string, reference: string): string {
  return `${repository}${isDigest(reference) ? '@' : ':'}${reference}`
}
