import type { ImageDetail, ImagePlatform } from '@/api/types'

// Pure: which image of an index is meant.

// In place of a platform: the index itself.
export const INDEX = 'index'

export const isIndex = (image: Pick<ImageDetail, 'digest' | 'platforms'>): boolean =>
  !image.platforms.some((row) => row.digest === image.digest)

// `wanted` is a platform or a digest; without one, the first that can run, of amd64 when there is one.
export function chosenPlatform(platforms: ImagePlatform[], wanted: string): ImagePlatform | undefined {
  const named = platforms.find((row) => row.digest === wanted || (wanted !== '' && row.platform === wanted))
  const images = platforms.filter((row) => !row.attestation)
  return named ?? images.find((row) => row.platform === 'linux/amd64') ?? images[0] ?? platforms[0]
}

// How the address names one of them: by platform, unless others have the same.
export function platformKey(platforms: ImagePlatform[], row: ImagePlatform): string {
  const alone = platforms.filter((other) => other.platform === row.platform).length === 1
  return row.platform !== '' && alone ? row.platform : row.digest
}
