import { expect, PASSWORD, test } from './fixtures'

test.describe('signing in', () => {
  test.use({ signedIn: false })

  test('says that the password is wrong and keeps the user name', async ({ page }) => {
    await page.goto('/images')
    await page.getByLabel('User').fill('admin')
    await page.getByRole('textbox', { name: 'Password' }).fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('alert')).toContainText('User or password is wrong')
    await expect(page.getByLabel('User')).toHaveValue('admin')
    await expect(page.getByRole('textbox', { name: 'Password' })).toHaveValue('')
  })

  test('leads to the page that was asked for, and out again', async ({ page }) => {
    await page.goto('/registries?search=x')
    await expect(page).toHaveURL(/\/login\?next=/)
    await page.getByLabel('User').fill('admin')
    await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/^[^?]*\/registries\?search=x$/)
    await page.reload()
    await expect(page.getByRole('heading', { name: 'Registries' })).toBeVisible()
    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
    await page.goto('/operations')
    await expect(page).toHaveURL(/\/login/)
  })
})

test('a session that ended elsewhere is asked for again', async ({ page, api }) => {
  await page.goto('/operations')
  await expect(page.getByRole('heading', { name: 'Operations' })).toBeVisible()
  await api.send('DELETE', '/session')
  // The page may find out by itself before the click.
  const images = page.getByRole('link', { name: 'Images' }).first()
  await images.or(page.getByRole('button', { name: 'Sign in' })).click()
  await expect(page).toHaveURL(/\/login/)
})

test('a link to the sign-in page leads whoever is signed in to where it points', async ({ page }) => {
  await page.goto('/login?next=/operations')
  await expect(page.getByRole('heading', { name: 'Operations' })).toBeVisible()
})
