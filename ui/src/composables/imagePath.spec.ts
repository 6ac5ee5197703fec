import { describe, expect, it } from 'vitest'
import { imageName, imagePath, repositoryPath } from './imagePath'

describe('paths of images', () => {
  it('keep the slashes of a repository', () => {
    expect(repositoryPath('team/app')).toBe('/images/team/app')
    expect(imagePath('team/app', 'v1.2')).toBe('/images/team/app/-/v1.2')
  })

  it('keep the colon of a digest', () => {
    expect(imagePath('app', 'sha256:ab')).toBe('/images/app/-/sha256:ab')
  })

  it('name an image as docker does', () => {
    expect(imageName('team/app', 'v1')).toBe('team/app:v1')
    expect(imageName('app', 'sha256:ab')).toBe('app@sha256:ab')
  })
})
