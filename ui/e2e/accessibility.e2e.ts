import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, store, test } from './fixtures'

// Its types are of another release of Playwright.
type AxePage = ConstructorParameters<typeof AxeBuilder>[0]['page']

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']

async function violations(page: Page, builder: AxeBuilder): Promise<string[]> {
  // Colours on their way from one to another are not what people read. What goes round for ever is not waited for.
  await page.evaluate(async () => {
    const passing = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
    const ended = Promise.allSettled(passing.map((animation) => animation.finished))
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1000))])
  })
  const { violations: found } = await builder.analyze()
  return found.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`)
}

// A dialog's heading is no second banner of the page: what is behind it is out of use.
const NOT_IN_DIALOGS = ['landmark-no-duplicate-banner', 'landmark-unique']

// Every rule in the light, and in the dark, which is the same page in other colours, that these can be read. `part`: what
// a dialog leaves usable.
async function check(page: Page, part?: string): Promise<void> {
  const axe = () => {
    const builder = new AxeBuilder({ page: page as unknown as AxePage })
    return part ? builder.include(part).disableRules(NOT_IN_DIALOGS) : builder
  }
  await expect(page.locator('.el-skeleton, [aria-busy="true"]')).toHaveCount(0)
  expect.soft(await violations(page, axe().withTags(TAGS)), `${page.url()} in the light`).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(page.locator('html')).toHaveClass(/dark/)
  expect.soft(await violations(page, axe().withRules('color-contrast')), `${page.url()} in the dark`).toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })
  await expect(page.locator('html')).not.toHaveClass(/dark/)
}

const pages: [path: string, heading: string][] = [
  ['/', 'Overview'],
  ['/images', 'Images'],
  ['/images?view=tags', 'Images'],
  ['/images/axe/app', 'axe/app'],
  ['/images/axe/app/-/1.0', 'app:1.0'],
  ['/registries', 'Registries'],
  ['/operations', 'Operations'],
  ['/no/such/page', 'There is no such page'],
]

for (const viewport of [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
])
  test.describe(`axe finds nothing wrong at ${viewport.width}`, () => {
    test.describe.configure({ timeout: 300_000 })
    test.use({ viewport, contextOptions: { reducedMotion: 'reduce' } })

    test.beforeEach(async ({ api, cang, registry, scratch }) => {
      await api.registry('Lab', registry.host)
      if (!(await api.hasImage('axe/app', '1.0')))
        await store(cang, scratch, 'axe/app:1.0', { platforms: ['linux/amd64', 'linux/arm64'] })
    })

    test('on any page', async ({ page, api, registry }) => {
      const id = await api.registry('Lab', registry.host)
      for (const [path, heading] of [...pages, [`/registries/${id}`, 'Lab'] as const])
        await test.step(path, async () => {
          await page.goto(path)
          await expect(page.getByRole('heading', { name: heading }).first()).toBeVisible()
          await check(page)
        })
    })

    test('in the dialogs', async ({ page }) => {
      await page.goto('/registries')
      await page.getByRole('button', { name: 'Add registry' }).first().click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await check(page, '[role="dialog"]')
      await page.goto('/images')
      await page.getByRole('button', { name: 'Copy an image here' }).click()
      await page.getByRole('dialog').getByText('More options').click()
      await check(page, '[role="dialog"]')
      await page.getByRole('radio', { name: 'A file' }).check()
      await check(page, '[role="dialog"]')
    })
  })

test.describe('signed out', () => {
  test.use({ signedIn: false })

  test('axe finds nothing wrong on the sign-in page', async ({ page }) => {
    await page.goto('/login')
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
    await check(page)
  })
})
