// First contentful paint of a page in Chromium, each time with nothing in the browser's cache:
//   node bench/paint.mjs URL PATH PASSWORD ROUNDS     prints milliseconds, one a line
// Signs in as admin first. Playwright is the one of ui/.
import { createRequire } from 'node:module'

const { chromium } = createRequire(new URL('../ui/package.json', import.meta.url))('@playwright/test')
const [url, path, password, rounds] = process.argv.slice(2)

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid() === 0 ? ['--no-sandbox'] : [],
})
for (let round = 0; round < Number(rounds); ++round) {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 } })
  const answer = await context.request.post('/api/v1/session', {
    data: { user: 'admin', password },
    headers: { 'X-Requested-With': 'cang' },
  })
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()}`)
  const page = await context.newPage()
  await page.goto(path)
  await page.getByRole('link', { name: /^team00\/app/ }).first().waitFor() // the page that was meant, with its rows
  const paint = () =>
    new Promise((resolve) => {
      const take = (list) => list.getEntriesByName('first-contentful-paint').forEach((one) => resolve(one.startTime))
      new PerformanceObserver(take).observe({ type: 'paint', buffered: true })
    })
  console.log(await page.evaluate(paint))
  await context.close()
}
await browser.close()
