import { describe, expect, it } from 'vitest'
import { isPathName, isUserName } from './names'

describe('isUserName', () => {
  it.each(['mei', 'Mei.Lin', 'mei+test@example.com', '_a-b'])('takes %s', (name) => expect(isUserName(name)).toBe(true))
  it.each(['', '-mei', 'mei lin', 'robot$ci', 'a/b', 'x'.repeat(129)])('refuses “%s”', (name) =>
    expect(isUserName(name)).toBe(false),
  )
})

describe('isPathName', () => {
  it.each(['team', 'team-2', 'a.b', 'a_b', 'a__b', 'a--b'])('takes %s', (name) => expect(isPathName(name)).toBe(true))
  it.each(['', 'Team', 'a/b', '-a', 'a-', 'a b', 'a..b', 'a+b', 'x'.repeat(129)])('refuses “%s”', (name) =>
    expect(isPathName(name)).toBe(false),
  )
})
