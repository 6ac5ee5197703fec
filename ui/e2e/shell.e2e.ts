import { card, expect, store, test } from './fixtures'

test.describe('the shell', () => {
  test('shows what is stored', async ({ page, api, cang, scratch }) => {
    await store(cang, scratch, 'overview/app:1.0')
    expect(await api.hasImage('overview/app', '1.0')).toBe(true)
    await page.goto('/')
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
    await expect(page.getByText('Stored', { exact: true })).toBeVisible()
  })

  test('keeps theme and language', async ({ page, api }) => {
    await api.hasImage('x', 'y')
    await page.goto('/registries')
    await page.getByRole('button', { name: 'Theme' }).click()
    await page.getByRole('menuitem', { name: 'Dark' }).click()
    await expect(page.locator('html')).toHaveClass(/dark/)
    await page.getByRole('button', { name: 'Language' }).click()
    await page.getByRole('menuitem', { name: '简体中文' }).click()
    await expect(page.getByRole('heading', { name: '镜像仓库' })).toBeVisible()
    await page.reload()
    await expect(page.locator('html')).toHaveClass(/dark/)
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
    await expect(page.getByRole('heading', { name: '镜像仓库' })).toBeVisible()
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

  test('keeps the history of operations, with the log of each', async ({ page, api, cang, scratch }) => {
    await store(cang, scratch, 'history/app:1.0')
    const operation = await api.send<{ id: string; title: string }>('POST', '/copies', {
      source: 'history/app:1.0',
      target: 'history/copy:1.0',
    })
    await page.goto('/operations')
    const row = page.getByRole('row').filter({ hasText: 'history/copy:1.0' })
    await expect(row.getByText('Succeeded')).toBeVisible({ timeout: 60_000 })
    await page.getByRole('searchbox', { name: 'Search title or ID' }).fill(operation.id)
    await expect(page.getByRole('row')).toHaveCount(2)
    await row.getByRole('link').first().click()
    await expect(page).toHaveURL(new RegExp(`/operations/${operation.id}`))
    await page.reload()
    await expect(page.getByRole('heading', { name: operation.title })).toBeVisible()
    await expect(page.getByRole('heading', { name: 'Result' })).toBeVisible()
  })

  test('shows an operation in every window', async ({ page, context, api, cang, scratch }) => {
    await store(cang, scratch, 'windows/app:1.0')
    const other = await context.newPage()
    await page.goto('/images')
    await other.goto('/registries')
    await expect(other.getByRole('heading', { name: 'Registries' })).toBeVisible()
    await api.send('POST', '/copies', { source: 'windows/app:1.0', target: 'windows/copy:1.0' })
    await other
      .getByRole('button', { name: /operation/i })
      .first()
      .click()
    await expect(card(other, /windows\/copy:1.0/).getByText('Succeeded')).toBeVisible({ timeout: 60_000 })
  })
})
