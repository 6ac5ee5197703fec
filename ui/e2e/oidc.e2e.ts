import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test as base } from './fixtures'
import { Cang } from './peers/cang'
import { freePort, Peer, waitUntil, answers } from './peers/process'

// A server whose people sign in at a real provider.
const test = base.extend<object, { provided: Cang }>({
  provided: [
    async ({ scratch }, use) => {
      const directory = join(scratch, 'oidc')
      mkdirSync(directory, { recursive: true })
      const secret = join(directory, 'secret')
      writeFileSync(secret, 'the-secret-of-cang\n', { mode: 0o600 })
      const port = await freePort()
      const issuer = `http://127.0.0.1:${await freePort()}`
      const script = new URL('./peers/oidcProvider.mjs', import.meta.url).pathname
      const callback = `http://127.0.0.1:${port}/api/v1/oidc/callback`
      const provider = new Peer('node', [script, new URL(issuer).port, callback], join(directory, 'provider.log'))
      await waitUntil(() => answers(`${issuer}/.well-known/openid-configuration`), 60_000, 'the provider answers')
      const options = ['--oidc-issuer', issuer, '--oidc-client-id', 'cang', '--oidc-client-secret-file', secret]
      const groups = ['--oidc-name', 'Company sign-in', '--oidc-admin-group', 'admins']
      const roles = ['--oidc-group-roles', 'developers=team:operator']
      const cang = await Cang.start(join(directory, 'cang'), [...options, ...groups, ...roles], port)
      await use(cang)
      await cang.peer.stop()
      await provider.stop()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

async function signInAtProvider(page: Page, name: string): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill(name)
  await page.getByPlaceholder('and password').fill('anything')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
}

test.describe('signing in at an OpenID Connect provider', () => {
  test('leads back to the page that was asked for, with the roles of the groups', async ({ page, provided }) => {
    const admin = { Authorization: `Basic ${Buffer.from('admin:correct-horse-battery').toString('base64')}` }
    const made = await page.request.post(`${provided.url}/api/v1/projects`, { headers: admin, data: { name: 'team' } })
    expect(made.status()).toBe(201)

    await page.goto(`${provided.url}/images?view=tags`)
    await page.getByRole('link', { name: 'Company sign-in' }).click()
    await signInAtProvider(page, 'dora')
    await expect(page).toHaveURL(`${provided.url}/images?view=tags`)
    await expect(page.getByRole('heading', { name: 'Images' }).first()).toBeVisible()

    const account = await (await page.request.get(`${provided.url}/api/v1/account`)).json()
    expect(account).toMatchObject({
      name: 'dora',
      displayName: 'Dora of the provider',
      email: 'dora@provider.example',
      origin: 'oidc',
      admin: false,
      memberships: [{ project: 'team', role: 'operator' }],
    })
  })

  test('makes members of the administrators group administrators', async ({ page, provided }) => {
    await page.goto(`${provided.url}/api/v1/oidc/login?next=/images`)
    await signInAtProvider(page, 'olga')
    await expect(page).toHaveURL(`${provided.url}/images`)
    const account = await (await page.request.get(`${provided.url}/api/v1/account`)).json()
    expect(account).toMatchObject({ name: 'olga', admin: true, memberships: [] })
  })

  test('takes nothing that was not begun in this browser', async ({ page, provided }) => {
    const forged = await page.request.get(`${provided.url}/api/v1/oidc/callback?code=stolen&state=guessed`)
    expect(forged.status()).toBe(401)
    const login = await page.request.get(`${provided.url}/api/v1/oidc/login?next=//evil.example/`, { maxRedirects: 0 })
    const state = new URL(login.headers()['location'] ?? '').searchParams.get('state')
    const wrong = await page.request.get(`${provided.url}/api/v1/oidc/callback?code=stolen&state=${state}`)
    expect(wrong.status()).toBe(401)
    expect(await wrong.json()).toMatchObject({ detail: expect.stringContaining('does not confirm this sign-in') })
    const session = await (await page.request.get(`${provided.url}/api/v1/session`)).json()
    expect(session).toMatchObject({ signedIn: false })
  })
})
