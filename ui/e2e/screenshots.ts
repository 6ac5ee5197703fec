import type { Page } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pushImage } from './peers/image'
import { expect, store, test } from './fixtures'

// Takes a picture of every page, wide and narrow, light and dark, into the folder that SCREENSHOTS names.

const folder = process.env.SCREENSHOTS ?? 'screenshots'
mkdirSync(folder, { recursive: true })

const repositories = [
  'library/nginx',
  'library/postgres',
  'mirror/redis',
  'platform/api',
  'platform/gateway',
  'platform/web',
]
const platforms = ['linux/amd64', 'linux/arm64']

type Picture = [name: string, path: string, prepare?: (page: Page) => Promise<void>]

async function openCopy(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Copy an image here' }).click()
  const dialog = page.getByRole('dialog', { name: 'Copy images' })
  await dialog.getByLabel('Image', { exact: true }).fill('library/nginx:1.27')
  // Away from the field, so that its suggestions go.
  await dialog.getByText(/^Copies library\/nginx/).click()
}

async function openTest(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Test Lab' }).click()
  await expect(page.getByText('Everything works')).toBeVisible()
}

const pictures: Picture[] = [
  ['overview', '/'],
  ['images', '/images'],
  ['tags', '/images?view=tags'],
  ['repository', '/images/platform/api'],
  ['image', '/images/platform/api/-/1.4.2'],
  ['registries', '/registries'],
  ['registry-test', '/registries', openTest],
  ['registry', '/registries/{id}?repository=library/nginx'],
  ['remote-image', '/registries/{id}?repository=library/nginx&reference=1.27'],
  ['copy', '/images', openCopy],
  ['operations', '/operations'],
  ['operation', '/operations/{operation}'],
]

for (const colorScheme of ['light', 'dark'] as const)
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ])
    test.describe(`${colorScheme} at ${viewport.width}`, () => {
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: 'reduce' } })

      test('pictures', async ({ page, api, cang, registry, scratch }) => {
        const id = await api.registry('Lab', registry.host)
        if (!(await api.hasImage('platform/api', '1.4.2'))) {
          for (const repository of repositories)
            for (const tag of ['1.4.1', '1.4.2', 'latest'])
              await store(cang, scratch, `${repository}:${tag}`, { layers: [400_000, 90_000], platforms })
          await pushImage(scratch, `${registry.host}/library/nginx:1.27`, { layers: [600_000, 2000], platforms })
        }
        const source = `docker://${registry.host}/library/nginx:1.27`
        const target = `mirror/nginx:${colorScheme}-${viewport.width}`
        const operation = await api.send<{ id: string }>('POST', '/copies', { source, target })
        for (const [name, path, prepare] of pictures) {
          await page.goto(path.replace('{id}', id).replace('{operation}', operation.id))
          await page.waitForLoadState('networkidle')
          await prepare?.(page)
          await page.evaluate(() => document.fonts.ready)
          await page.screenshot({
            path: join(folder, `${name}-${viewport.width}-${colorScheme}.png`),
            animations: 'disabled',
          })
        }
      })
    })

test.describe('signed out', () => {
  test.use({ signedIn: false })

  test('the sign-in page', async ({ page }) => {
    await page.goto('/login')
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
    await page.screenshot({ path: join(folder, 'login-1440-light.png') })
  })
})
