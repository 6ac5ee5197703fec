import { statSync } from 'node:fs'
import { join } from 'node:path'
import { saveArchive, skopeo } from './peers/image'
import { card, expect, store, test } from './fixtures'

test.describe('archives', () => {
  test('are uploaded, looked into, renamed and imported', async ({ page, api, scratch }) => {
    const file = await saveArchive(scratch, 'release.tar', 'team/release:1.0', { layers: [9_000_000] })
    expect(statSync(file).size).toBeGreaterThan(8 * 1024 * 1024)
    await page.goto('/images')
    await page.getByRole('button', { name: 'Copy an image here' }).click()
    const dialog = page.getByRole('dialog', { name: 'Copy images' })
    await dialog.getByRole('radio', { name: 'A file' }).check()
    await dialog.locator('input[type=file]').setInputFiles(file)
    await expect(dialog.getByText('Uploaded')).toBeVisible({ timeout: 60_000 })
    const name = dialog.getByRole('textbox', { name: /^New name of .*team\/release:1.0/ })
    await expect(name).toHaveValue(/team\/release:1.0$/)
    await name.fill('imported/release:2.0')
    await expect(dialog.getByText(/Puts the image into this warehouse as imported\/release:2.0/)).toBeVisible()
    await dialog.getByRole('button', { name: 'Import' }).click()
    await expect(card(page, /release/).getByText('Succeeded')).toBeVisible({ timeout: 60_000 })
    expect(await api.hasImage('imported/release', '2.0')).toBe(true)
  })

  test('go on uploading after the network was gone and after a reload', async ({ page, context, scratch }) => {
    const file = await saveArchive(scratch, 'resumed.tar', 'team/resumed:1.0', { layers: [30_000_000] })
    const choose = async () => {
      await page.goto('/images')
      await page.getByRole('button', { name: 'Copy an image here' }).click()
      const dialog = page.getByRole('dialog', { name: 'Copy images' })
      await dialog.getByRole('radio', { name: 'A file' }).check()
      await dialog.locator('input[type=file]').setInputFiles(file)
      return dialog
    }
    let sent = 0
    // The second chunk finds no server, until the page is loaded again.
    await page.route('**/api/v1/uploads/*', async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue()
      sent += 1
      return sent === 2 ? route.abort() : route.continue()
    })
    page.on('request', (request) => {
      if (request.method() === 'PATCH' && sent === 1) void context.setOffline(true)
    })
    let dialog = await choose()
    await expect(dialog.getByText('The server cannot be reached. The upload goes on by itself.')).toBeVisible()
    await context.setOffline(false)
    page.removeAllListeners('request')
    await page.unroute('**/api/v1/uploads/*')
    dialog = await choose()
    await expect(dialog.getByText('Uploaded')).toBeVisible({ timeout: 60_000 })
    await expect(dialog.getByRole('textbox', { name: /^New name of .*team\/resumed/ })).toBeVisible()
  })

  test('that are no archives are refused with words', async ({ page }) => {
    await page.goto('/images')
    await page.getByRole('button', { name: 'Copy an image here' }).click()
    const dialog = page.getByRole('dialog', { name: 'Copy images' })
    await dialog.getByRole('radio', { name: 'A file' }).check()
    await dialog
      .locator('input[type=file]')
      .setInputFiles({ name: 'holiday.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(5000, 7) })
    await expect(dialog.getByRole('alert')).toContainText(/archive/)
  })

  test('are packed, downloaded, and good for other tools', async ({ page, api, cang, scratch }) => {
    await store(cang, scratch, 'export/app:1.0', { platforms: ['linux/amd64', 'linux/arm64'] })
    expect(await api.hasImage('export/app', '1.0')).toBe(true)
    await page.goto('/images/export/app/-/1.0')
    await page.getByRole('button', { name: 'Export' }).click()
    const dialog = page.getByRole('dialog', { name: 'Copy images' })
    await expect(dialog.getByRole('radio', { name: 'A download' })).toBeChecked()
    const downloading = page.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Pack and download' }).click()
    const download = await downloading
    const path = join(scratch, 'exported.tar')
    await download.saveAs(path)
    const index = JSON.parse(await skopeo('inspect', '--raw', `oci-archive:${path}`)) as { manifests: unknown[] }
    expect(index.manifests).toHaveLength(2)
    await page.goto('/operations')
    await page
      .getByRole('link', { name: /export\/app/ })
      .first()
      .click()
    await expect(page.getByRole('link', { name: /Download archive/ })).toBeVisible()
  })
})
