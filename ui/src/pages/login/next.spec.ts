import { describe, expect, it } from 'vitest'
import { providerUrl, safeNext } from './next'

describe('safeNext', () => {
  it('goes to a path of this site', () => expect(safeNext('/images?search=a')).toBe('/images?search=a'))
  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', '', undefined, ['/a']])('refuses %s', (next) =>
    expect(safeNext(next)).toBe('/'),
  )
})

describe('providerUrl', () => {
  const login = '/api/v1/oidc/login'
  it('takes along where one wanted to go', () =>
    expect(providerUrl(login, '/images?search=a&b=c')).toBe(`${login}?next=%2Fimages%3Fsearch%3Da%26b%3Dc`))
  it('adds to a question', () => expect(providerUrl(`${login}?id=1`, '/a')).toBe(`${login}?id=1&next=%2Fa`))
  it.each(['/', undefined, 'https://evil.example'])('leaves out %s', (next) =>
    expect(providerUrl(login, next)).toBe(login),
  )
})
