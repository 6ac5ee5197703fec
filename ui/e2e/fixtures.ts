import { test as base, expect, type Locator, type Page } from '@playwright/test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Cang, PASSWORD } from './peers/cang'
import { DockerRegistry } from './peers/dockerRegistry'
import { pushImage, type ImageOptions } from './peers/image'
import { SlowLine } from './peers/slowLine'

export { expect, PASSWORD }

export const USER = `admin:${PASSWORD}`

interface Worker {
  scratch: string
  cang: Cang
  // A second registry, and a slow way to it.
  registry: DockerRegistry
  slow: SlowLine
}

interface Each {
  // Whether the browser has a session already.
  signedIn: boolean
  // Speaks to the server as the page does.
  api: Api
  // Nothing that a page says to the console is an error.
  consoleErrors: string[]
}

export class Api {
  constructor(private readonly page: Page) {}

  async send<T>(method: string, path: string, data?: object): Promise<T> {
    const answer = await this.page.request.fetch(`/api/v1${path}`, {
      method,
      data,
      headers: { 'X-Requested-With': 'cang' },
    })
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`)
    return (answer.status() === 204 ? undefined : await answer.json()) as T
  }

  signIn = () => this.send('POST', '/session', { user: 'admin', password: PASSWORD })

  // Adds a registry unless it is there; its id.
  async registry(name: string, host: string): Promise<string> {
    const { items } = await this.send<{ items: { id: string; host: string }[] }>('GET', '/registries?limit=500')
    const known = items.find((one) => one.host === host)
    return (known ?? (await this.send<{ id: string }>('POST', '/registries', { name, url: `http://${host}` }))).id
  }

  async hasImage(repository: string, tag: string): Promise<boolean> {
    return this.send('GET', `/repositories/${repository}/-/images/${tag}`).then(
      () => true,
      () => false,
    )
  }
}

export const test = base.extend<Each, Worker>({
  scratch: [
    async ({}, use) => {
      const directory = mkdtempSync(join(tmpdir(), 'cang-ui-'))
      await use(directory)
      rmSync(directory, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  cang: [
    async ({ scratch }, use) => {
      const cang = await Cang.start(join(scratch, 'cang'))
      await use(cang)
      await cang.peer.stop()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  registry: [
    async ({ scratch }, use) => {
      const registry = await DockerRegistry.start(join(scratch, 'registry'))
      await use(registry)
      await registry.peer.stop()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  slow: [
    async ({ registry }, use) => {
      const line = await SlowLine.to(registry.port)
      await use(line)
      await line.stop()
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ cang }, use) => use(process.env.E2E_URL ?? cang.url),
  signedIn: [true, { option: true }],
  api: [
    async ({ page, signedIn }, use) => {
      const api = new Api(page)
      if (signedIn) await api.signIn()
      await use(api)
    },
    { auto: true },
  ],
  consoleErrors: [
    async ({ page }, use) => {
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      page.on('console', (message) => {
        // The browser itself reports answers that are not 2xx; tests look at what the page makes of them.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          errors.push(message.text())
      })
      await use(errors)
      expect(errors).toEqual([])
    },
    { auto: true },
  ],
})

// Puts an image into the warehouse by the registry's own protocol.
export async function store(cang: Cang, scratch: string, name: string, options: ImageOptions = {}): Promise<void> {
  await pushImage(scratch, `${cang.host}/${name}`, options, USER)
}

export const drawer = (page: Page): Locator => page.getByRole('region', { name: 'Operations under way' })

// Picks from a list that opens. A click goes, as everybody's does, to whatever lies over the field.
export async function choose(within: Locator, label: string, option: RegExp | string): Promise<void> {
  await within.getByLabel(label, { exact: true }).click({ force: true })
  await within.page().getByRole('option', { name: option }).click()
}

// The card of an operation in the drawer.
export const card = (page: Page, title: RegExp): Locator =>
  drawer(page).getByRole('listitem').filter({ hasText: title })
