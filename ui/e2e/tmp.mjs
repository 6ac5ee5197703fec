import { chromium } from '@playwright/test'
import { AxeBuilder } from '@axe-core/playwright'
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const c = await b.newContext({
  baseURL: 'http://127.0.0.1:18777',
  reducedMotion: 'reduce',
  viewport: { width: 1440, height: 900 },
})
const p = await c.newPage()
p.setDefaultTimeout(120000)
const send = (m, u, data) =>
  c.request.fetch('/api/v1' + u, { method: m, data, headers: { 'X-Requested-With': 'cang' } })
await send('POST', '/session', { user: 'admin', password: 'correct-horse-battery' })
await p.goto('/images')
await p.getByRole('button', { name: 'Copy an image here' }).click()
await p.getByRole('dialog').getByText('More options').click()
await p.waitForTimeout(1000)
const r = await new AxeBuilder({ page: p }).include('[role="dialog"]').analyze()
for (const v of r.violations)
  for (const n of v.nodes) console.log(v.id, n.html.slice(0, 120), n.failureSummary, JSON.stringify(n.any[0]?.data))
await b.close()
