import type { Browser, Page } from '@playwright/test'
import { expect, store, test } from './fixtures'
import { pushImage } from './peers/image'

const SECRET = 'a long enough secret'

const combobox = (page: Page, name: string) => page.getByRole('combobox', { name })

async function addUser(page: Page, name: string, fullName: string): Promise<void> {
  await page.goto('/users')
  await page.getByRole('button', { name: 'Add user' }).first().click()
  const form = page.getByRole('dialog', { name: 'Add user' })
  await form.getByLabel('User name').fill(name)
  await form.getByLabel('Full name').fill(fullName)
  await form.getByRole('textbox', { name: 'Password' }).fill(SECRET)
  await form.getByRole('button', { name: 'Add user' }).click()
  await expect(form).toBeHidden()
  await expect(page.getByRole('row').filter({ hasText: fullName })).toBeVisible()
}

async function addProject(page: Page, name: string): Promise<void> {
  await page.goto('/projects')
  await page.getByRole('button', { name: 'Create project' }).first().click()
  const form = page.getByRole('dialog', { name: 'Create project' })
  await form.getByLabel('Name', { exact: true }).fill(name)
  await form.getByLabel('Quota').fill('2')
  await form.getByRole('button', { name: 'Create project' }).click()
  await expect(page).toHaveURL(new RegExp(`/projects/${name}$`))
  await expect(page.getByRole('heading', { name })).toBeVisible()
  await expect(page.getByText('0 B of 2 GiB')).toBeVisible()
}

async function signIn(page: Page, user: string, password: string, path = '/'): Promise<void> {
  await page.goto(path)
  await page.getByLabel('User').fill(user)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

// A page of somebody else, who shares nothing with the first.
async function elsewhere(browser: Browser, baseURL = ''): Promise<Page> {
  const context = await browser.newContext({ baseURL, locale: 'en-GB', viewport: { width: 1440, height: 900 } })
  return context.newPage()
}

test.describe('people', () => {
  test.beforeEach(async ({ api }) => {
    await api.send('GET', '/session')
  })

  test('are added, changed, given a new password and deleted', async ({ page, browser, baseURL }) => {
    await addUser(page, 'tomas', 'Tomáš Novák')
    await page.getByRole('button', { name: 'Add user' }).first().click()
    const form = page.getByRole('dialog', { name: 'Add user' })
    await form.getByLabel('User name').fill('tomas')
    await form.getByRole('textbox', { name: 'Password' }).fill(SECRET)
    await form.getByRole('button', { name: 'Add user' }).click()
    await expect(form.getByRole('alert')).toContainText('tomas')
    await form.getByRole('button', { name: 'Cancel' }).click()

    await page.getByRole('button', { name: 'New password for tomas' }).click()
    const reset = page.getByRole('dialog', { name: 'New password for tomas' })
    await reset.getByRole('textbox', { name: 'New password' }).fill('short')
    await reset.getByRole('button', { name: 'Set password' }).click()
    await expect(reset.getByText('Use at least 8 characters.')).toBeVisible()
    await reset.getByRole('textbox', { name: 'New password' }).fill('another long secret')
    await reset.getByRole('button', { name: 'Set password' }).click()
    await expect(reset).toBeHidden()
    const theirs = await elsewhere(browser, baseURL)
    await signIn(theirs, 'tomas', 'another long secret')
    await expect(theirs.getByRole('button', { name: 'Account' })).toBeVisible()

    await page.getByRole('button', { name: 'Edit tomas' }).click()
    const edit = page.getByRole('dialog', { name: 'Edit tomas' })
    await edit.getByText('Disabled', { exact: true }).click()
    await edit.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByRole('row').filter({ hasText: 'tomas' }).getByText('Disabled')).toBeVisible()
    // Without a click: the server ends what is live, and the page asks who is signed in.
    await expect(theirs).toHaveURL(/\/login\?next=/)
    await signIn(theirs, 'tomas', 'another long secret')
    await expect(theirs.getByRole('alert')).toContainText('User or password is wrong')

    await page.getByRole('button', { name: 'Delete tomas' }).click()
    const confirm = page.getByRole('dialog', { name: 'Delete this user?' })
    await expect(confirm.getByRole('button', { name: 'Delete tomas' })).toBeDisabled()
    await confirm.getByRole('textbox').fill('tomas')
    await confirm.getByRole('button', { name: 'Delete tomas' }).click()
    await expect(page.getByRole('row').filter({ hasText: 'tomas' })).toHaveCount(0)
    await theirs.context().close()
  })

  test('see only what they may', async ({ page, browser, baseURL, cang, scratch }) => {
    await addUser(page, 'mei', 'Lin Mei')
    await addProject(page, 'harbour')
    await store(cang, scratch, 'harbour/app:1.0')
    await addProject(page, 'closed')

    await page.goto('/projects/harbour?tab=members')
    await page.getByRole('button', { name: 'Add member' }).first().click()
    const form = page.getByRole('dialog', { name: 'Add member' })
    await combobox(page, 'User').fill('mei')
    await page.getByRole('option', { name: /mei/ }).click()
    await form.getByRole('button', { name: 'Add member' }).click()
    const row = page.getByRole('row').filter({ hasText: 'Lin Mei' })
    await expect(row.getByText('Viewer')).toBeVisible()

    const theirs = await elsewhere(browser, baseURL)
    await signIn(theirs, 'mei', SECRET, '/projects/harbour?tab=members')
    await expect(theirs).toHaveURL(/\/projects\/harbour\?tab=members$/)
    await expect(theirs.getByRole('cell', { name: 'Viewer' })).toBeVisible()
    await expect(theirs.getByRole('tab', { name: 'Robots' })).toHaveCount(0)
    await expect(theirs.getByRole('link', { name: 'Audit log' })).toHaveCount(0)
    await theirs.goto('/users')
    await expect(theirs.getByText('This page is not for you')).toBeVisible()
    await theirs.goto('/projects')
    await expect(theirs.getByRole('link', { name: 'harbour', exact: true })).toBeVisible()
    await expect(theirs.getByRole('link', { name: 'closed', exact: true })).toHaveCount(0)
    await theirs.goto('/images/harbour/app')
    await expect(theirs.getByRole('heading', { name: 'harbour/app' })).toBeVisible()
    await expect(theirs.getByRole('button', { name: 'Delete repository' })).toHaveCount(0)

    await combobox(page, 'Role of mei').click({ force: true })
    await page.getByRole('option', { name: 'Project admin' }).click()
    await theirs.goto('/projects/harbour')
    await expect(theirs.getByRole('tab', { name: 'Robots' })).toBeVisible()

    await page.goto('/images/harbour/app')
    await page.getByRole('switch', { name: 'Private' }).press('Space')
    await expect(page.getByRole('switch', { name: 'Private' })).toBeChecked()
    await page.reload()
    await expect(page.getByRole('switch', { name: 'Private' })).toBeChecked()

    await page.goto('/projects/harbour?tab=members')
    await page.getByRole('button', { name: 'Remove mei' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove mei' }).click()
    await expect(page.getByText('No members yet')).toBeVisible()
    await theirs.goto('/projects/harbour')
    await expect(theirs.getByRole('alert')).toBeVisible()
    await theirs.context().close()
  })

  test('have a profile, tokens of their own, and end their sessions', async ({ page, browser, baseURL, cang }) => {
    await addUser(page, 'aisha', 'Aisha')
    const theirs = await elsewhere(browser, baseURL)
    const second = await elsewhere(browser, baseURL)
    await signIn(second, 'aisha', SECRET)
    await expect(second.getByRole('button', { name: 'Account' })).toBeVisible()
    await signIn(theirs, 'aisha', SECRET)
    await theirs.getByRole('button', { name: 'Account' }).click()
    await theirs.getByRole('menuitem', { name: 'Profile' }).click()
    await expect(theirs.getByRole('heading', { name: 'Aisha' })).toBeVisible()
    await theirs.getByLabel('Full name').fill('Aisha Khan')
    await theirs.getByRole('button', { name: 'Save' }).click()
    await expect(theirs.getByRole('heading', { name: 'Aisha Khan' })).toBeVisible()

    await theirs.getByRole('button', { name: 'Create token' }).click()
    const form = theirs.getByRole('dialog', { name: 'Create token' })
    await form.getByLabel('Name').fill('laptop')
    await form.getByRole('button', { name: 'Create token' }).click()
    const told = theirs.getByRole('dialog', { name: 'Token “laptop”' })
    const token = await told.getByText(/^cang_pat_/).innerText()
    await told.getByRole('button', { name: 'I have kept it' }).click()
    await expect(theirs.getByText(token)).toHaveCount(0)
    const ask = () =>
      fetch(`${cang.url}/api/v1/account`, {
        headers: { Authorization: `Basic ${Buffer.from(`aisha:${token}`).toString('base64')}` },
      })
    expect((await ask()).status).toBe(200)
    await theirs.getByRole('button', { name: 'Revoke laptop' }).click()
    await theirs.getByRole('dialog').getByRole('button', { name: 'Revoke laptop' }).click()
    await expect(theirs.getByText('No tokens')).toBeVisible()
    expect((await ask()).status).toBe(401)

    await theirs.getByRole('button', { name: /^End the session/ }).click()
    await theirs.getByRole('dialog').getByRole('button', { name: 'End session' }).click()
    await expect(theirs.getByRole('button', { name: /^End the session/ })).toHaveCount(0)
    await second.getByRole('link', { name: 'Images' }).first().click()
    await expect(second).toHaveURL(/\/login\?next=/)

    await theirs.getByRole('textbox', { name: 'Password until now' }).fill('wrong')
    await theirs.getByRole('textbox', { name: 'New password', exact: true }).fill('a newer long secret')
    await theirs.getByRole('textbox', { name: 'New password again' }).fill('a newer long secret')
    await theirs.getByRole('button', { name: 'Change password' }).click()
    await expect(theirs.getByRole('alert').first()).toBeVisible()
    await theirs.getByRole('textbox', { name: 'Password until now' }).fill(SECRET)
    await theirs.getByRole('button', { name: 'Change password' }).click()
    await expect(theirs.getByText('The password is changed')).toBeVisible()

    // The cookie is worth nothing any more, also to who has kept it.
    const kept = (await theirs.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
    const stillIn = () => fetch(`${cang.url}/api/v1/account`, { headers: { Cookie: kept } })
    expect((await stillIn()).status).toBe(200)
    await theirs.getByRole('button', { name: 'Account' }).click()
    await theirs.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(theirs.getByRole('button', { name: 'Sign in' })).toBeVisible()
    expect((await stillIn()).status).toBe(401)
    await theirs.context().close()
    await second.context().close()
  })
})

test.describe('robots', () => {
  test('push with their secret until it is replaced', async ({ page, api, cang, scratch }) => {
    await api.send('POST', '/projects', { name: 'crane' })
    await page.goto('/projects/crane?tab=robots')
    await page.getByRole('button', { name: 'Create robot' }).first().click()
    const form = page.getByRole('dialog', { name: 'Create robot' })
    await form.getByRole('button', { name: 'Create robot' }).click()
    await expect(form.getByText(/Use small letters/)).toBeVisible()
    await form.getByLabel('Name').fill('ci')
    await form.getByText('Pull and push').click()
    await form.getByRole('button', { name: 'Create robot' }).click()
    const told = page.getByRole('dialog', { name: 'Secret of robot$crane+ci' })
    await expect(told.getByText("-u 'robot$crane+ci'")).toBeVisible()
    const secret = await told.getByText(/^cang_robot_/).innerText()
    await told.getByRole('button', { name: 'I have kept it' }).click()
    const push = (tag: string, password: string) =>
      pushImage(scratch, `${cang.host}/crane/app:${tag}`, {}, `robot$crane+ci:${password}`)
    await push('1.0', secret)

    await page.getByRole('button', { name: 'New secret for robot$crane+ci' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Make a new secret' }).click()
    const fresh = await told.getByText(/^cang_robot_/).innerText()
    await told.getByRole('button', { name: 'I have kept it' }).click()
    expect(fresh).not.toBe(secret)
    await expect(push('1.1', secret)).rejects.toThrow()
    await push('1.1', fresh)

    await page.getByRole('button', { name: 'Disable robot$crane+ci' }).click()
    await expect(page.getByText('Disabled')).toBeVisible()
    await expect(push('1.2', fresh)).rejects.toThrow()
    await page.getByRole('button', { name: 'Delete robot$crane+ci' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete robot$crane+ci' }).click()
    await expect(page.getByText('No robots yet')).toBeVisible()

    await page.getByRole('tab', { name: 'Activity' }).click()
    await page.getByRole('button', { name: "Robot's secret replaced" }).click()
    await expect(page.getByRole('dialog').getByText('robot.secret')).toBeVisible()
  })
})

test.describe('the audit log', () => {
  test('shows who did what and what changed, and is exported', async ({ page, api }) => {
    await api.send('POST', '/projects', { name: 'lighthouse' })
    await api.send('PUT', '/projects/lighthouse', { displayName: 'The lighthouse', description: '', public: true })
    await page.goto('/audit?project=lighthouse')
    await page.getByRole('button', { name: 'Project changed' }).click()
    const detail = page.getByRole('dialog')
    await expect(detail.getByText('The lighthouse')).toBeVisible()
    await page.keyboard.press('Escape')
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('nothing like this')
    await expect(page.getByText('Nothing matches')).toBeVisible()
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await expect(page).toHaveURL(/\/audit$/)

    for (const [name, file] of [
      ['CSV', 'audit.csv'],
      ['JSON lines', 'audit.jsonl'],
    ] as const) {
      const download = page.waitForEvent('download')
      await page.getByRole('link', { name }).click()
      expect((await download).suggestedFilename()).toBe(file)
    }
  })
})
