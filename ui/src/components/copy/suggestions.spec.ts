import { expect, it } from 'vitest'
import { splitTyped } from './suggestions'

it.each([
  ['', { repository: '' }],
  ['team/ap', { repository: 'team/ap' }],
  ['team/app:', { repository: 'team/app', tag: '' }],
  ['team/app:1.2', { repository: 'team/app', tag: '1.2' }],
  ['host:5000/app', { repository: 'host:5000/app' }],
])('%s asks for %j', (typed, asked) => expect(splitTyped(typed)).toEqual(asked))
