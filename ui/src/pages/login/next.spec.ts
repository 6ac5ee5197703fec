import { describe, expect, it } from 'vitest'
import { safeNext } from './next'

describe('safeNext', () => {
  it('goes to a path of this site', () => expect(safeNext('/images?search=a')).toBe('/images?search=a'))
  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', '', undefined, ['/a']])('refuses %s', (next) =>
    expect(safeNext(next)).toBe('/'),
  )
})
