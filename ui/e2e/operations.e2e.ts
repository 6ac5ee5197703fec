import type { Page } from '@playwright/test'
import { pushImage } from './peers/image'
import { expect, store, test, type Api } from './fixtures'

interface Started {
  id: string
  title: string
}

const startCopy = (api: Api, source: string, target: string) => api.send<Started>('POST', '/copies', { source, target })
const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })

test.describe('operations', () => {
  test('are kept in a history, with the log and the result of each', async ({ page, api, cang, scratch }) => {
    await store(cang, scratch, 'history/app:1.0')
    const operation = await startCopy(api, 'history/app:1.0', 'history/copy:1.0')
    await page.goto('/operations')
    const row = rowOf(page, 'history/copy:1.0')
    await expect(row.getByText('Succeeded')).toBeVisible()
    await page.getByRole('searchbox', { name: 'Search title or ID' }).fill(operation.id)
    await expect(page.getByRole('row')).toHaveCount(2)
    await row.getByRole('link').first().click()
    await expect(page).toHaveURL(new RegExp(`/operations/${operation.id}`))
    await page.reload()
    await expect(page.getByRole('heading', { name: operation.title })).toBeVisible()
    await expect(page.getByRole('heading', { name: 'Result' })).toBeVisible()
  })

  test('have addresses for what is searched and for each, and the way back keeps them', async ({
    page,
    api,
    cang,
    scratch,
  }) => {
    await store(cang, scratch, 'address/app:1.0')
    const operation = await startCopy(api, 'address/app:1.0', 'address/copy:1.0')
    await page.goto('/operations?search=address&state=succeeded')
    await expect(page.getByRole('searchbox', { name: 'Search title or ID' })).toHaveValue('address')
    await rowOf(page, 'address/copy:1.0').getByRole('link').first().click()
    await expect(page.getByRole('heading', { name: operation.title })).toBeVisible()
    await page.goBack()
    await expect(page).toHaveURL(/\/operations\?search=address&state=succeeded$/)
    await expect(rowOf(page, 'address/copy:1.0')).toBeVisible()
    await page.goForward()
    await expect(page.getByRole('heading', { name: operation.title })).toBeVisible()
    await page.goto('/operations/no-such-operation')
    await expect(page.getByRole('alert')).toContainText('there is no such operation')
  })

  test('are cancelled and retried on their own page', async ({ page, api, registry, slow, scratch }) => {
    await pushImage(scratch, `${registry.host}/team/halted:1.0`, { layers: [4_000_000] })
    await api.registry('Slow lab', slow.host)
    slow.bytesPerSecond = 200_000
    const operation = await startCopy(api, `docker://${slow.host}/team/halted:1.0`, 'halted/copy:1.0')
    await page.goto(`/operations/${operation.id}`)
    const content = page.getByRole('main')
    await expect(content.getByText('Running')).toBeVisible()
    await content.getByRole('button', { name: 'Cancel' }).click()
    await expect(content.getByText('Cancelled').first()).toBeVisible()
    slow.bytesPerSecond = Infinity
    await content.getByRole('button', { name: 'Retry' }).click()
    await expect(page).not.toHaveURL(new RegExp(operation.id))
    await expect(content.getByText('Succeeded').first()).toBeVisible({ timeout: 60_000 })
    await content.getByRole('link', { name: operation.id }).click()
    await expect(content.getByText('Cancelled').first()).toBeVisible()
    expect(await api.hasImage('halted/copy', '1.0')).toBe(true)
  })
})
