import { expect, store, test } from './fixtures'

test.describe('images', () => {
  test('are found by a part of their name, and the search stands in the address', async ({
    page,
    api,
    cang,
    scratch,
  }) => {
    await store(cang, scratch, 'search/alpha:1.0')
    await store(cang, scratch, 'search/beta:1.0')
    expect(await api.hasImage('search/beta', '1.0')).toBe(true)
    await page.goto('/images')
    await page.getByRole('searchbox', { name: 'Search images' }).fill('alph')
    await expect(page.getByRole('link', { name: 'search/alpha' })).toBeVisible()
    await expect(page.getByRole('link', { name: 'search/beta' })).toBeHidden()
    await expect(page).toHaveURL(/search=alph/)
    await page.reload()
    await expect(page.getByRole('link', { name: 'search/alpha' })).toBeVisible()
    await page.getByRole('searchbox', { name: 'Search images' }).fill('nothing-like-it')
    await expect(page.getByText('Nothing matches')).toBeVisible()
  })

  test('show what they are made of', async ({ page, api, cang, scratch }) => {
    await store(cang, scratch, 'detail/app:1.0', { layers: [2000, 3000], platforms: ['linux/amd64', 'linux/arm64'] })
    expect(await api.hasImage('detail/app', '1.0')).toBe(true)
    await page.goto('/images/detail/app')
    await page.getByRole('link', { name: '1.0', exact: true }).click()
    await expect(page).toHaveURL(/\/images\/detail\/app\/-\/1\.0$/)
    await expect(page.getByText('linux/arm64').first()).toBeVisible()
    await expect(page.getByText(/docker pull .*detail\/app:1.0/).first()).toBeVisible()
    await page.reload()
    await expect(page.getByText('linux/arm64').first()).toBeVisible()
    await page.goBack()
    await expect(page).toHaveURL(/\/images\/detail\/app$/)
  })

  test('lose a tag only after it was named', async ({ page, api, cang, scratch }) => {
    await store(cang, scratch, 'delete/app:old')
    await store(cang, scratch, 'delete/app:new')
    await page.goto('/images/delete/app')
    await page.getByRole('button', { name: /^Delete .*old$/ }).click()
    const confirm = page.getByRole('dialog')
    await expect(confirm).toContainText('delete/app:old')
    await confirm.getByRole('button', { name: 'Cancel' }).click()
    await expect(page.getByRole('link', { name: 'old', exact: true })).toBeVisible()
    await page.getByRole('button', { name: /^Delete .*old$/ }).click()
    await confirm.getByRole('button', { name: 'Delete tag' }).click()
    await expect(page.getByRole('link', { name: 'old', exact: true })).toBeHidden()
    await expect(page.getByRole('link', { name: 'new', exact: true })).toBeVisible()
    expect(await api.hasImage('delete/app', 'old')).toBe(false)
  })

  test('appear in an open list when somebody pushes them', async ({ page, api, cang, scratch }) => {
    await api.hasImage('x', 'y')
    await page.goto('/images?search=live')
    await expect(page.getByText('Nothing matches')).toBeVisible()
    await store(cang, scratch, 'live/pushed:1.0')
    await expect(page.getByRole('link', { name: 'live/pushed' })).toBeVisible()
  })
})
