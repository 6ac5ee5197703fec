import { describe, expect, it } from 'vitest'
import type { User } from '@/api/accessTypes'
import { draftOf, draftProblems, inputOf, newUserOf } from './userForm'

const good = { ...draftOf(), name: ' mei.lin ', email: 'mei@example.com', password: 'correct horse' }
const stored = { name: 'mei', displayName: 'Mei', email: '', admin: true, disabled: false } as User

describe('draftProblems', () => {
  it('has none with a name and a password', () => expect(draftProblems(good)).toEqual({}))
  it.each([
    [{ name: '' }, { name: 'users.problem.name' }],
    [{ name: 'mei lin' }, { name: 'users.problem.name' }],
    [{ name: 'robot$a' }, { name: 'users.problem.name' }],
    [{ email: 'mei' }, { email: 'users.problem.email' }],
    [{ email: '' }, {}],
    [{ password: 'short' }, { password: 'profile.problem.short' }],
  ])('of %j are %j', (change, problems) => expect(draftProblems({ ...good, ...change })).toEqual(problems))
  it('wants no password of somebody who is there', () => expect(draftProblems(draftOf(stored), stored)).toEqual({}))
})

describe('what is sent', () => {
  it('is trimmed, but for the password', () =>
    expect(newUserOf({ ...good, password: ' p ' })).toEqual({
      name: 'mei.lin',
      displayName: '',
      email: 'mei@example.com',
      password: ' p ',
      admin: false,
    }))
  it('has no name and no password of somebody who is there', () =>
    expect(inputOf(draftOf(stored))).toEqual({ displayName: 'Mei', email: '', admin: true, disabled: false }))
})
