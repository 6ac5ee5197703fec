import { describe, expect, it } from 'vitest'
import type { ImagePlatform } from '@/api/types'
import { chosenPlatform, isIndex, platformKey } from './platforms'

const row = (platform: string, digest: string, attestation = false): ImagePlatform => ({
  platform,
  digest,
  attestation,
  size: 1,
  mediaType: 'image',
})
const rows = [row('unknown/unknown', 'sha256:0', true), row('linux/arm64', 'sha256:1'), row('linux/amd64', 'sha256:2')]

describe('the image of an index', () => {
  it('is the one whose platform or digest is named', () => {
    expect(chosenPlatform(rows, 'linux/arm64')?.digest).toBe('sha256:1')
    expect(chosenPlatform(rows, 'sha256:0')?.attestation).toBe(true)
  })

  it('is that of amd64 when none, or one that is gone, is named', () => {
    expect(chosenPlatform(rows, '')?.digest).toBe('sha256:2')
    expect(chosenPlatform(rows, 'linux/s390x')?.digest).toBe('sha256:2')
  })

  it('is never an attestation while there is another', () => {
    expect(chosenPlatform(rows.slice(0, 2), '')?.digest).toBe('sha256:1')
    expect(chosenPlatform([row('', 'sha256:3')], '')?.digest).toBe('sha256:3')
    expect(chosenPlatform([], '')).toBeUndefined()
  })
})

describe('an index', () => {
  it('is what does not list itself', () => {
    expect(isIndex({ digest: 'sha256:9', platforms: rows })).toBe(true)
    expect(isIndex({ digest: 'sha256:1', platforms: rows })).toBe(false)
  })
})

describe('the name in the address', () => {
  it('is the platform where it is the only one of it', () => {
    const twice = [row('linux/amd64', 'sha256:1'), row('linux/amd64', 'sha256:2'), row('', 'sha256:3'), rows[1]!]
    expect(twice.map((one) => platformKey(twice, one))).toEqual(['sha256:1', 'sha256:2', 'sha256:3', 'linux/arm64'])
  })
})
