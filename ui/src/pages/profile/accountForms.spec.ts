import { describe, expect, it } from 'vitest'
import { emptyToken, newTokenOf, passwordProblems, tokenProblems } from './accountForms'

const now = Date.parse('2026-03-01T12:00:00Z')

describe('passwordProblems', () => {
  const good = { old: 'old password', fresh: 'new password', again: 'new password' }
  it.each([
    [{}, {}],
    [{ old: '' }, { old: 'profile.problem.old' }],
    [{ fresh: 'short', again: 'short' }, { fresh: 'profile.problem.short' }],
    [{ fresh: 'old password', again: 'old password' }, { fresh: 'profile.problem.same' }],
    [{ again: 'new passwort' }, { again: 'profile.problem.again' }],
    [{ fresh: 'x'.repeat(1025) }, { fresh: 'profile.problem.long' }],
  ])('of %j are %j', (change, problems) => expect(passwordProblems({ ...good, ...change })).toEqual(problems))
})

describe('a personal token', () => {
  const draft = { ...emptyToken(), name: ' laptop ' }
  it('may all that its owner may, unless it is limited', () => {
    expect(tokenProblems(draft, now)).toEqual({})
    expect(newTokenOf(draft, now)).toEqual({
      name: 'laptop',
      expiresAt: '2026-05-30T12:00:00.000Z',
      scopes: undefined,
    })
    expect(newTokenOf({ ...draft, limited: true }, now).scopes).toEqual([{ project: '*', permissions: ['image.pull'] }])
  })
  it('wants a name, an end that is to come, and scopes where it is limited', () =>
    expect(tokenProblems({ name: ' ', expiry: { choice: 'day', day: '' }, limited: true, scopes: [] }, now)).toEqual({
      name: 'profile.problem.tokenName',
      expiry: 'access.expiry.missing',
      scopes: 'access.scope.problem.noScope',
    }))
})
