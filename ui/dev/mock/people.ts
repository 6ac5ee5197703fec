import type { Account, AccountSession, ApiToken, Scope, User } from '../../src/api/accessTypes'
import type { Session } from '../../src/api/types'
import type { MockAudit } from './audit'
import { daysAgo, digestOf } from './random'
import { answer, paged, Refusal, sorted, type Route } from './router'

const names: [name: string, displayName: string, change?: Partial<User>][] = [
  ['admin', '', { admin: true }],
  ['mei', 'Lin Mei', { projects: 3 }],
  ['jonas', 'Jonas Weber', { projects: 2 }],
  ['aisha', 'Aisha Khan', { admin: true, origin: 'oidc' }],
  ['tomas', 'Tomáš Novák', { disabled: true, lastLoginAt: daysAgo(80) }],
  ['yuki', '佐藤 雪', { lastLoginAt: undefined }],
  ['release-manager', 'On duty for releases', { projects: 6 }],
]
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0',
]

// Who there is. The password of everybody is their name; "locked" has tried too often.
export class MockPeople {
  users: User[]
  passwords = new Map<string, string>()
  tokens: ApiToken[]
  sessions: AccountSession[]
  session: Session
  #last = 0

  constructor(private readonly audit: MockAudit) {
    this.users = names.map(([name, displayName, change]) => this.#user(name, displayName, change))
    const scopes: Scope[] = [{ project: 'platform', permissions: ['image.pull'] }]
    this.tokens = [
      {
        id: 't1',
        name: 'laptop',
        scopes: [],
        createdAt: daysAgo(50),
        expiresAt: daysAgo(-9),
        lastUsedAt: daysAgo(0.2),
      },
      { id: 't2', name: 'nightly mirror', scopes, createdAt: daysAgo(200) },
      {
        id: 't3',
        name: 'old script',
        scopes,
        createdAt: daysAgo(400),
        expiresAt: daysAgo(35),
        lastUsedAt: daysAgo(36),
      },
    ]
    this.sessions = agents.map((userAgent, i) => ({
      id: `s${i}`,
      createdAt: daysAgo(i * 2.3 + 0.1),
      expiresAt: daysAgo(-7 + i),
      address: `10.1.0.${20 + i}`,
      userAgent,
      current: i === 0,
    }))
    this.session = process.env.MOCK_AUTH === '1' ? this.nobody() : this.sessionOf(process.env.MOCK_USER ?? 'admin')
  }

  nobody(): Session {
    const providers = [{ id: 'oidc', name: 'Sign in with Acme ID', loginUrl: '/api/v1/oidc/login' }]
    return { signedIn: false, signInRequired: true, providers }
  }

  sessionOf(name: string): Session {
    const { id, admin, displayName } = this.named(name)
    return { ...this.nobody(), signedIn: true, user: name, userId: id, admin, displayName, expiresAt: daysAgo(-7) }
  }

  named(name: string): User {
    const found = this.users.find((user) => user.name === name)
    if (!found) throw new Refusal(404, 'not_found', `there is no user ${name}`)
    return found
  }

  get(id = ''): User {
    const found = this.users.find((user) => user.id === id)
    if (!found) throw new Refusal(404, 'not_found', `there is no user ${id}`)
    return found
  }

  get me(): User {
    return this.named(this.session.user ?? '')
  }

  signIn(name: string, password: string): Session {
    if (name === 'locked') throw new Refusal(429, 'rate_limited', 'too many attempts', { 'Retry-After': '95' })
    const user = this.users.find((one) => one.name === name)
    if (!user || user.disabled || password !== (this.passwords.get(user.id) ?? name)) {
      this.audit.add({ action: 'session.create', resource: name, actor: name, result: 'denied' })
      throw new Refusal(401, 'unauthenticated', 'The user or the password is wrong.')
    }
    this.audit.add({ action: 'session.create', resource: name, actor: name })
    return (this.session = this.sessionOf(name))
  }

  create(body: Partial<User> & { name: string; password: string }): User {
    if (this.users.some((user) => user.name === body.name))
      throw new Refusal(409, 'already_exists', `there is a user ${body.name} already. Choose another name.`)
    if (body.password.length < 8) throw new Refusal(400, 'invalid_argument', 'the password has fewer than 8 characters')
    const user = this.#user(body.name, body.displayName ?? '', {
      email: body.email ?? '',
      admin: body.admin ?? false,
      createdAt: new Date().toISOString(),
      lastLoginAt: undefined,
      projects: 0,
    })
    this.passwords.set(user.id, body.password)
    this.users.push(user)
    return user
  }

  #user(name: string, displayName: string, change: Partial<User> = {}): User {
    const id = `u${++this.#last}`
    return {
      id,
      name,
      displayName,
      email: displayName ? `${name}@example.com` : '',
      admin: false,
      disabled: false,
      origin: 'local',
      createdAt: daysAgo(400 - this.#last * 31),
      updatedAt: daysAgo(20),
      lastLoginAt: daysAgo(this.#last * 1.7 - 1.5),
      projects: 1,
      ...change,
    }
  }
}

export function peopleRoutes(people: MockPeople, audit: MockAudit): Route[] {
  const pictured = ({ name, displayName, email, admin, disabled }: User) => ({
    name,
    displayName,
    email,
    admin,
    disabled,
  })
  const change = (user: User, input: Partial<User>) => {
    const before = pictured(user)
    Object.assign(user, input, { updatedAt: new Date().toISOString() })
    audit.add({ action: 'user.update', resource: user.name, before, after: pictured(user) })
    return user
  }
  return [
    ['GET', '/session', () => people.session],
    [
      'POST',
      '/session',
      ({ body }) => people.signIn((body as { user: string }).user, (body as { password: string }).password),
    ],
    [
      'DELETE',
      '/session',
      () => {
        people.session = people.nobody()
      },
    ],
    [
      'GET',
      '/oidc/login',
      ({ query }) => {
        people.session = people.sessionOf('aisha')
        return answer({ status: 302, raw: '', headers: { Location: query.get('next') ?? '/' } })
      },
    ],
    [
      'GET',
      '/users/-/search',
      ({ query }) => {
        const text = (query.get('text') ?? '').toLowerCase()
        const found = people.users.filter((user) => `${user.name} ${user.displayName}`.toLowerCase().includes(text))
        return { items: found.slice(0, 20).map(({ id, name, displayName }) => ({ id, name, displayName })) }
      },
    ],
    [
      'GET',
      '/users',
      ({ query }) => {
        if (!people.session.admin) throw new Refusal(403, 'permission_denied', 'only administrators may list the users')
        const text = (query.get('search') ?? '').toLowerCase()
        const found = people.users.filter((user) =>
          `${user.name} ${user.displayName} ${user.email}`.toLowerCase().includes(text),
        )
        return paged(sorted(found, query.get('sort'), { name: (u) => u.name, createdAt: (u) => u.createdAt }), query)
      },
    ],
    [
      'POST',
      '/users',
      ({ body }) => {
        const user = people.create(body as User & { password: string })
        audit.add({ action: 'user.create', resource: user.name, after: pictured(user) })
        return answer({ status: 201, body: user })
      },
    ],
    ['GET', '/users/{id}', ({ parameters }) => people.get(parameters.id)],
    ['PUT', '/users/{id}', ({ parameters, body }) => change(people.get(parameters.id), body as Partial<User>)],
    [
      'DELETE',
      '/users/{id}',
      ({ parameters }) => {
        const user = people.get(parameters.id)
        people.users = people.users.filter((one) => one !== user)
        audit.add({ action: 'user.delete', resource: user.name, before: pictured(user) })
      },
    ],
    [
      'PUT',
      '/users/{id}/password',
      ({ parameters, body }) => {
        const user = people.get(parameters.id)
        people.passwords.set(user.id, (body as { password: string }).password)
        audit.add({ action: 'user.password', resource: user.name })
      },
    ],
  ]
}

export function accountRoutes(
  people: MockPeople,
  audit: MockAudit,
  memberships: (user: User) => Account['memberships'],
): Route[] {
  let last = 3
  return [
    ['GET', '/account', () => ({ ...people.me, memberships: memberships(people.me) })],
    [
      'PUT',
      '/account',
      ({ body }) => {
        Object.assign(people.me, body)
        people.session = people.sessionOf(people.me.name)
        return people.me
      },
    ],
    [
      'PUT',
      '/account/password',
      ({ body }) => {
        const { oldPassword, newPassword } = body as { oldPassword: string; newPassword: string }
        const { id, name } = people.me
        if (oldPassword !== (people.passwords.get(id) ?? name))
          throw new Refusal(403, 'permission_denied', 'The password you have now is another one.')
        people.passwords.set(id, newPassword)
        people.sessions = people.sessions.filter((session) => session.current)
        audit.add({ action: 'user.password', resource: name, actor: name })
      },
    ],
    ['GET', '/account/sessions', ({ query }) => paged(people.sessions, query)],
    [
      'DELETE',
      '/account/sessions/{id}',
      ({ parameters }) => {
        people.sessions = people.sessions.filter((session) => session.id !== parameters.id)
      },
    ],
    ['GET', '/account/tokens', ({ query }) => paged(people.tokens, query)],
    [
      'POST',
      '/account/tokens',
      ({ body }) => {
        const { name, expiresAt, scopes = [] } = body as ApiToken
        if (people.tokens.some((token) => token.name === name))
          throw new Refusal(409, 'already_exists', `you have a token ${name} already. Choose another name.`)
        const token: ApiToken = { id: `t${++last}`, name, scopes, expiresAt, createdAt: new Date().toISOString() }
        people.tokens = [...people.tokens, token]
        audit.add({ action: 'token.create', resource: name, actor: people.me.name })
        return answer({ status: 201, body: { ...token, token: `cang_pat_${digestOf(token.id).slice(7, 50)}` } })
      },
    ],
    [
      'DELETE',
      '/account/tokens/{id}',
      ({ parameters }) => {
        people.tokens = people.tokens.filter((token) => token.id !== parameters.id)
      },
    ],
  ]
}
