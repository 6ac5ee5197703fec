import { createServer } from 'node:http'
import { freePort } from './peers/process'
import { pushImage } from './peers/image'
import { expect, test } from './fixtures'

test.describe('registries', () => {
  test.beforeEach(async ({ page, api }) => {
    const { items } = await api.send<{ items: { id: string }[] }>('GET', '/registries?limit=500')
    for (const { id } of items) await api.send('DELETE', `/registries/${id}`)
    await page.goto('/registries')
  })

  test('are added, tested, changed and removed', async ({ page, registry }) => {
    await page.getByRole('button', { name: 'Add registry' }).first().click()
    const form = page.getByRole('dialog', { name: 'Add registry' })
    await form.getByRole('button', { name: 'Add registry' }).click()
    await expect(form.getByText('Enter the address, for example https://ghcr.io.')).toBeVisible()
    await expect(form.getByLabel('Address')).toBeFocused()

    await form.getByLabel('Address').fill(`http://${registry.host}/`)
    await form.getByLabel('Name').fill('Lab')
    await form.getByRole('button', { name: 'Test' }).click()
    await expect(form.getByText('Everything works')).toBeVisible()
    await form.getByRole('button', { name: 'Add registry' }).click()
    await expect(form).toBeHidden()

    const row = page.getByRole('listitem').filter({ hasText: 'Lab' })
    await expect(row).toContainText(`http://${registry.host}`)
    await row.getByRole('button', { name: 'Test Lab' }).click()
    const result = page.getByRole('dialog', { name: 'Test Lab' })
    await expect(result.getByText('Everything works')).toBeVisible()
    await result.getByRole('button', { name: 'Close' }).last().click()
    await expect(row).toContainText('Works')

    await row.getByRole('button', { name: 'Edit Lab' }).click()
    const edit = page.getByRole('dialog', { name: 'Edit Lab' })
    await edit.getByLabel('Name').fill('Laboratory')
    await edit.getByLabel('User').fill('robot')
    await edit.getByLabel('Password or token').fill('s3cret-token')
    await edit.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('as robot')).toBeVisible()

    await page.getByRole('button', { name: 'Edit Laboratory' }).click()
    const again = page.getByRole('dialog', { name: 'Edit Laboratory' })
    await expect(again.getByLabel('Password or token')).toHaveValue('')
    await expect(again.getByText('Stored, leave empty to keep.')).toBeVisible()
    await again.getByRole('button', { name: 'Cancel' }).click()

    await page.getByRole('button', { name: 'Remove Laboratory' }).click()
    const confirm = page.getByRole('dialog', { name: 'Remove this registry?' })
    await expect(confirm).toContainText('Laboratory')
    await confirm.getByRole('button', { name: 'Remove Laboratory' }).click()
    await expect(page.getByText('No registries yet')).toBeVisible()
  })

  test('that do not work say at which step, and what to do', async ({ page, registry, cang }) => {
    const closed = await freePort()
    const web = createServer((_, answer) =>
      answer.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>hello</h1>'),
    )
    const port = await freePort()
    await new Promise<void>((resolve) => web.listen(port, '127.0.0.1', resolve))
    await page.getByRole('button', { name: 'Add registry' }).first().click()
    const form = page.getByRole('dialog', { name: 'Add registry' })
    const bad = async (url: string, step: string, words: RegExp) => {
      await form.getByLabel('Address').fill(url)
      await form.getByRole('button', { name: 'Test' }).click()
      await expect(form.getByText('This does not work yet')).toBeVisible({ timeout: 40_000 })
      const failed = form.getByRole('listitem').filter({ hasText: words })
      await expect(failed).toContainText(step)
    }
    await bad('https://registry.invalid', 'Name look-up', /name|DNS/)
    await bad(`http://127.0.0.1:${closed}`, 'Connection', /check the port/)
    await bad(`https://${registry.host}`, 'TLS', /speaks plain HTTP/)
    await bad(`http://127.0.0.1:${port}`, 'Registry', /no registry/)
    await form.getByLabel('User').fill('admin')
    await form.getByLabel('Password or token').fill('wrong')
    await bad(cang.url, 'Sign-in', /password/)
    web.close()
  })

  test('are browsed down to an image, with an address for each step', async ({ page, api, registry, scratch }) => {
    await pushImage(scratch, `${registry.host}/browse/app:1.0`, { platforms: ['linux/amd64', 'linux/arm64'] })
    await pushImage(scratch, `${registry.host}/browse/other:2.0`)
    const id = await api.registry('Lab', registry.host)
    await page.reload()
    await page.getByRole('link', { name: 'Lab', exact: true }).click()
    await expect(page).toHaveURL(new RegExp(`/registries/${id}$`))
    // Rows move until the answer is there.
    const found = page.waitForResponse(/search=browse/)
    await page.getByRole('searchbox', { name: 'Search repositories' }).fill('browse')
    await found
    await page.getByRole('button', { name: 'browse/app', exact: true }).click()
    await page.getByRole('button', { name: 'Show browse/app:1.0' }).click()
    const image = page.getByRole('dialog')
    await expect(image.getByRole('button', { name: /linux\/arm64/ })).toBeVisible()
    await image.getByRole('button', { name: /linux\/arm64/ }).click()
    await expect(image.getByText('/bin/serve --port 8080')).toBeVisible()
    await page.reload()
    await expect(image.getByText('/bin/serve --port 8080')).toBeVisible()
    await page.goBack()
    await page.goBack()
    await expect(image).toBeHidden()
    await expect(page.getByRole('heading', { name: 'browse/app' })).toBeVisible()
  })

  test('open a repository that their list does not show by its name', async ({ page, api, registry }) => {
    const id = await api.registry('Lab', registry.host)
    await page.goto(`/registries/${id}`)
    await page.getByRole('searchbox', { name: 'Search repositories' }).fill('hidden/one')
    await page.getByRole('button', { name: 'Open hidden/one' }).click()
    await expect(page).toHaveURL(/repository=hidden\/one/)
    await expect(page.getByRole('alert')).toBeVisible()
  })
})
