import { pushImage } from './peers/image'
import { card, expect, store, test } from './fixtures'

test.describe('the shell', () => {
  test('shows what is stored', async ({ page, api, cang, scratch }) => {
    await store(cang, scratch, 'overview/app:1.0')
    expect(await api.hasImage('overview/app', '1.0')).toBe(true)
    await page.goto('/')
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
    await expect(page.getByText('Stored', { exact: true }).first()).toBeVisible()
  })

  test('keeps theme and language', async ({ page }) => {
    await page.goto('/registries')
    await page.getByRole('button', { name: 'Theme' }).click()
    await page.getByRole('menuitem', { name: 'Dark' }).click()
    await expect(page.locator('html')).toHaveClass(/dark/)
    await page.getByRole('button', { name: 'Language' }).click()
    await page.getByRole('menuitem', { name: '简体中文' }).click()
    await expect(page.getByRole('heading', { name: '镜像仓库', level: 1 })).toBeVisible()
    await page.reload()
    await expect(page.locator('html')).toHaveClass(/dark/)
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
    await expect(page.getByRole('heading', { name: '镜像仓库', level: 1 })).toBeVisible()
  })

  test('opens deep links, goes back, and says when there is no such page', async ({ page, api, cang, scratch }) => {
    await store(cang, scratch, 'deep/nested/app:1.0.2')
    expect(await api.hasImage('deep/nested/app', '1.0.2')).toBe(true)
    await page.goto('/images/deep/nested/app/-/1.0.2')
    await expect(page.getByText(/docker pull .*deep\/nested\/app:1.0.2/).first()).toBeVisible()
    await page.getByRole('link', { name: 'Operations' }).first().click()
    await expect(page.getByRole('heading', { name: 'Operations' })).toBeVisible()
    await page.goBack()
    await expect(page.getByText(/docker pull .*deep\/nested\/app:1.0.2/).first()).toBeVisible()
    await page.goto('/no/such/page')
    await expect(page.getByText('There is no such page')).toBeVisible()
  })

  test('shows an operation in every window', async ({ page, context, api, registry, slow, scratch }) => {
    await pushImage(scratch, `${registry.host}/team/windows:1.0`, { layers: [2_000_000] })
    await api.registry('Slow lab', slow.host)
    slow.bytesPerSecond = 200_000
    const other = await context.newPage()
    await page.goto('/images')
    await other.goto('/registries')
    await api.send('POST', '/copies', {
      source: `docker://${slow.host}/team/windows:1.0`,
      target: 'windows/copy:1.0',
    })
    const windows = [page, other]
    for (const window of windows) {
      await window.getByRole('button', { name: '1 operation running' }).click()
      await expect(card(window, /windows\/copy:1.0/).getByText('Running')).toBeVisible()
    }
    slow.bytesPerSecond = Infinity
    for (const window of windows)
      await expect(card(window, /windows\/copy:1.0/).getByText('Succeeded')).toBeVisible({ timeout: 60_000 })
  })
})
