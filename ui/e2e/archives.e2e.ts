import type { Locator, Page } from '@playwright/test'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { saveArchive, skopeo } from './peers/image'
import { card, expect, store, test } from './fixtures'

async function chooseFile(page: Page, file: Parameters<Locator['setInputFiles']>[0]): Promise<Locator> {
  await page.goto('/images')
  await page.getByRole('button', { name: 'Copy an image here' }).click()
  const dialog = page.getByRole('dialog', { name: 'Copy images' })
  await dialog.getByRole('radio', { name: 'A file' }).check()
  await dialog.locator('input[type=file]').setInputFiles(file)
  return dialog
}

test.describe('archives', () => {
  test('are uploaded, looked into, renamed and imported', async ({ page, api, scratch }) => {
    const file = await saveArchive(scratch, 'release.tar', 'team/release:1.0', { layers: [9_000_000] })
    expect(statSync(file).size).toBeGreaterThan(8 * 1024 * 1024)
    const dialog = await chooseFile(page, file)
    await expect(dialog.getByText('Uploaded')).toBeVisible({ timeout: 60_000 })
    const name = dialog.getByRole('textbox', { name: /^New name of .*team\/release:1.0/ })
    await expect(name).toHaveValue(/team\/release:1.0$/)
    await name.fill('imported/release:2.0')
    await expect(dialog.getByText(/Puts the image into this warehouse as imported\/release:2.0/)).toBeVisible()
    await dialog.getByRole('button', { name: 'Import' }).click()
    await expect(card(page, /release/).getByText('Succeeded')).toBeVisible({ timeout: 60_000 })
    expect(await api.hasImage('imported/release', '2.0')).toBe(true)
  })

  test('go on uploading by themselves after the network was gone, without sending anything twice', async ({
    page,
    scratch,
  }) => {
    const file = await saveArchive(scratch, 'broken.tar', 'team/broken:1.0', { layers: [20_000_000] })
    const offsets: string[] = []
    let broken = true
    await page.route('**/api/v1/uploads/*', async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue()
      if (broken && offsets.length === 1) return route.abort()
      offsets.push(route.request().headers()['upload-offset'] ?? '')
      return route.continue()
    })
    const dialog = await chooseFile(page, file)
    await expect(dialog.getByText('The server cannot be reached. The upload goes on by itself.')).toBeVisible()
    broken = false
    await expect(dialog.getByText('Uploaded')).toBeVisible({ timeout: 60_000 })
    expect(offsets).toEqual([0, 1, 2].map((chunk) => String(chunk * 8 * 1024 * 1024)))
    await expect(dialog.getByRole('textbox', { name: /^New name of .*team\/broken/ })).toBeVisible()
  })

  test('go on where they were after a reload, and when they are paused', async ({ page, scratch }) => {
    const file = await saveArchive(scratch, 'resumed.tar', 'team/resumed:1.0', { layers: [20_000_000] })
    let sent = 0
    await page.route('**/api/v1/uploads/*', (route) =>
      route.request().method() === 'PATCH' && ++sent > 1 ? route.abort() : route.continue(),
    )
    await expect((await chooseFile(page, file)).getByText('The server cannot be reached.')).toBeVisible()
    await page.unrouteAll()
    const dialog = await chooseFile(page, file)
    await expect(dialog.getByText('Uploaded')).toBeVisible({ timeout: 60_000 })
    await dialog.getByRole('button', { name: 'Cancel the upload' }).click()
    await page.route('**/api/v1/uploads/*', (route) =>
      route.request().method() === 'PATCH' ? route.abort() : route.continue(),
    )
    await dialog.locator('input[type=file]').setInputFiles(file)
    await dialog.getByRole('button', { name: 'Pause the upload' }).click()
    await expect(dialog.getByText('Paused')).toBeVisible()
    await page.unrouteAll()
    await dialog.getByRole('button', { name: 'Resume the upload' }).click()
    await expect(dialog.getByText('Uploaded')).toBeVisible({ timeout: 60_000 })
  })

  test('that are no archives are refused with words', async ({ page }) => {
    const picture = { name: 'holiday.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(5000, 7) }
    const dialog = await chooseFile(page, picture)
    await expect(dialog.getByRole('alert')).toContainText(/archive/)
  })

  test('are packed, downloaded, and good for other tools', async ({ page, cang, scratch }) => {
    await store(cang, scratch, 'export/app:1.0', { platforms: ['linux/amd64', 'linux/arm64'] })
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
