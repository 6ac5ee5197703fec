import type { Page } from '@playwright/test'
import { card, expect, store, test } from './fixtures'

// Tabs until the element that has the focus is called so.
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press('Tab')
    const text = await page.evaluate(() => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement)) return ''
      const labels =
        element instanceof HTMLInputElement ? [...(element.labels ?? [])].map((label) => label.innerText) : []
      return [element.getAttribute('aria-label'), ...labels, element.innerText].filter(Boolean).join(' ')
    })
    if (name.test(text)) return
  }
  throw new Error(`no way to ${name} by Tab`)
}

test('an image is copied with the keyboard alone', async ({ page, api, cang, scratch }) => {
  await store(cang, scratch, 'keys/app:1.0')
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
  await tabTo(page, /^Images$/)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/images$/)
  await tabTo(page, /^Copy an image here$/)
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Copy images' })
  await expect(dialog).toBeVisible()
  await tabTo(page, /^A registry/)
  await page.keyboard.press('ArrowLeft')
  await expect(dialog.getByRole('radio', { name: 'This warehouse' }).first()).toBeChecked()
  await tabTo(page, /^Image$/)
  await page.keyboard.type('keys/app:1.0')
  await expect(page.getByRole('option', { name: 'keys/app:1.0' })).toBeVisible()
  await page.keyboard.press('Escape') // closes the suggestions, not the dialog
  await expect(dialog).toBeVisible()
  await tabTo(page, /^Name$/)
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('keys/copy:1.0')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(card(page, /keys\/copy:1.0/).getByText('Succeeded')).toBeVisible({ timeout: 60_000 })
  expect(await api.hasImage('keys/copy', '1.0')).toBe(true)
})

test('a dialog gives the focus back to what opened it', async ({ page }) => {
  await page.goto('/registries')
  const opener = page.getByRole('button', { name: 'Add registry' }).first()
  await opener.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(opener).toBeFocused()
})
