import { defineConfig } from '@playwright/test'

// Drives the real binary (CANG_BINARY) with Debian's Chromium. Every worker has its own server and its own second registry.
const taking = Boolean(process.env.SCREENSHOTS)

export default defineConfig({
  testDir: 'e2e',
  testMatch: taking ? 'screenshots.ts' : '*.e2e.ts',
  outputDir: process.env.E2E_OUTPUT ?? 'node_modules/.e2e',
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: process.env.JUNIT ? [['list'], ['junit', { outputFile: process.env.JUNIT }]] : [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    colorScheme: 'light',
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
})
