import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Session } from '@/api/types'
import { useSession } from './session'

const answers = vi.hoisted(() => ({ session: undefined as unknown }))

vi.mock('@/api/session', () => ({
  getSession: async () => answers.session,
  signIn: async (user: string) => ({ signedIn: true, signInRequired: true, user, admin: user === 'admin' }),
  signOut: async () => {},
}))

const providers = [{ id: 'oidc', name: 'Acme ID', loginUrl: '/api/v1/oidc/login' }]

beforeEach(() => {
  setActivePinia(createPinia())
  answers.session = { signedIn: false, signInRequired: true, providers } satisfies Session
})

describe('session', () => {
  it('knows who is signed in, and whether they administer the server', async () => {
    const session = useSession()
    await session.signIn('mei', 'x')
    expect([session.signedIn, session.user, session.admin]).toEqual([true, 'mei', false])
    await session.signIn('admin', 'x')
    expect(session.admin).toBe(true)
  })

  it('offers the other places to sign in at, also after a sign-out', async () => {
    const session = useSession()
    await session.load()
    expect(session.providers).toEqual(providers)
    await session.signOut()
    expect(session.signedIn).toBe(false)
    expect(session.admin).toBe(false)
    expect(session.providers).toEqual(providers)
  })
})
