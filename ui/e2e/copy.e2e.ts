import { pushImage } from './peers/image'
import { card, choose, drawer, expect, store, test } from './fixtures'

test.describe('copying', () => {
  test('brings an image from a registry into the warehouse, layer by layer in the drawer', async ({
    page,
    api,
    registry,
    slow,
    scratch,
  }) => {
    await pushImage(scratch, `${registry.host}/team/big:1.0`, { layers: [3_000_000, 3_000_000] })
    const id = await api.registry('Slow lab', slow.host)
    slow.bytesPerSecond = 1_500_000
    await page.goto(`/registries/${id}?repository=team/big`)
    await page.getByRole('button', { name: 'Copy team/big:1.0 into the warehouse' }).click()
    const dialog = page.getByRole('dialog', { name: 'Copy images' })
    await expect(dialog.getByLabel('Name', { exact: true })).toHaveValue('team/big:1.0')
    await dialog.getByLabel('Name', { exact: true }).fill('mirror/big:1.0')
    await expect(dialog.getByText(/^Copies team\/big:1.0 of .* into mirror\/big:1.0 of this warehouse/)).toBeVisible()
    await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
    await expect(dialog).toBeHidden()
    const operation = card(page, /mirror\/big:1.0/)
    await expect(operation.getByText('Running')).toBeVisible()
    const bar = operation.getByRole('progressbar')
    await expect
      .poll(async () => Number(await bar.getAttribute('aria-valuenow')), { timeout: 30_000 })
      .toBeGreaterThan(5)
    slow.bytesPerSecond = Infinity
    await expect(operation.getByText('Succeeded')).toBeVisible({ timeout: 60_000 })
    expect(await api.hasImage('mirror/big', '1.0')).toBe(true)
  })

  test('is cancelled, leaves nothing, and succeeds when it is retried', async ({
    page,
    api,
    registry,
    slow,
    scratch,
  }) => {
    await pushImage(scratch, `${registry.host}/team/cancelled:1.0`, { layers: [4_000_000] })
    await api.registry('Slow lab', slow.host)
    slow.bytesPerSecond = 300_000
    await page.goto('/images')
    await page.getByRole('button', { name: 'Copy an image here' }).click()
    const dialog = page.getByRole('dialog', { name: 'Copy images' })
    await choose(dialog, 'Registry', /Slow lab/)
    await dialog.getByLabel('Image', { exact: true }).fill('team/cancelled:1.0')
    await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
    const operation = card(page, /team\/cancelled:1.0/)
    await expect(operation.getByText('Running')).toBeVisible()
    await operation.getByRole('button', { name: /^Cancel: / }).click()
    await expect(operation.getByText('Cancelled', { exact: true })).toBeVisible()
    expect(await api.hasImage('team/cancelled', '1.0')).toBe(false)
    slow.bytesPerSecond = Infinity
    await operation.getByRole('button', { name: /^Retry: / }).click()
    await expect(drawer(page).getByText('Succeeded').first()).toBeVisible({ timeout: 60_000 })
    expect(await api.hasImage('team/cancelled', '1.0')).toBe(true)
  })

  test('pushes an image of the warehouse to a registry, only the platform that is wanted', async ({
    page,
    api,
    cang,
    registry,
    scratch,
  }) => {
    await store(cang, scratch, 'push/app:1.0', { platforms: ['linux/amd64', 'linux/arm64'] })
    await api.registry('Lab', registry.host)
    await page.goto('/images/push/app/-/1.0')
    await page.getByRole('button', { name: 'Copy to…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Copy images' })
    await choose(dialog, 'Registry', /^Lab/)
    await dialog.getByText('More options').click()
    await choose(dialog, 'Platforms', 'linux/arm64')
    await page.keyboard.press('Escape')
    await expect(dialog.getByText(/Only linux\/arm64/)).toBeVisible()
    await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
    await expect(card(page, /push\/app:1.0/).getByText('Succeeded')).toBeVisible({ timeout: 60_000 })
    const answer = await fetch(`http://${registry.host}/v2/push/app/manifests/1.0`, {
      headers: { Accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' },
    })
    expect(answer.status).toBe(200)
    expect(await answer.text()).not.toContain('amd64')
  })

  test('explains names that cannot be, and finishes the ones that are typed', async ({ page, api, cang, scratch }) => {
    await store(cang, scratch, 'complete/me:2.5')
    await page.goto('/images')
    await page.getByRole('button', { name: 'Copy an image here' }).click()
    const dialog = page.getByRole('dialog', { name: 'Copy images' })
    await dialog.getByRole('radio', { name: 'This warehouse' }).first().check()
    const image = dialog.getByLabel('Image', { exact: true })
    await image.fill('Complete/me')
    await expect(dialog.getByText('Write the repository in lower case.')).toBeVisible()
    await image.fill('complete')
    await page.getByRole('option', { name: 'complete/me' }).click()
    await image.press('End')
    await image.pressSequentially(':')
    await page.getByRole('option', { name: 'complete/me:2.5' }).click()
    await expect(dialog.getByText('This is the same image. Choose another name.')).toBeVisible()
    await image.fill('complete/me:9')
    await expect(dialog.getByText(/9/).first()).toBeVisible()
    expect(await api.hasImage('complete/me', '2.5')).toBe(true)
  })
})
