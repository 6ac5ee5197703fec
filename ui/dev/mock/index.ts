import type { Server } from 'node:http'
import type { Plugin, PreviewServer, ViteDevServer } from 'vite'
import type { Storage, StorageSample } from '../../src/api/types'
import { auditRoutes, MockAudit } from './audit'
import { configurationRoutes } from './configuration'
import { diffRoute } from './diff'
import { imageRoutes, MockImages } from './images'
import { serveLive } from './live'
import { MockOperations, operationRoutes } from './operations'
import { accountRoutes, MockPeople, peopleRoutes } from './people'
import { MockProjects, projectRoutes } from './projects'
import { daysAgo, seeded } from './random'
import { registryRoutes } from './registries'
import { robotRoutes } from './robots'
import { serve, type Route } from './router'
import { uploadRoutes } from './uploads'

// Answers the contract of /api/v1 and of the live channel with made-up data. For development only.
// MOCK_IMAGES=0 shows the empty warehouse, MOCK_DELAY=2000 the skeletons. The password of everybody is their name:
// MOCK_USER=mei is signed in as mei in place of admin, MOCK_AUTH=1 asks who one is.
const startedAt = new Date(Date.now() - 3 * 86_400_000).toISOString()
const version = () => ({ version: '0.2.0', commit: '7965684', startedAt })

function storageRoutes(images: MockImages): Route[] {
  const storage = () => {
    const tags = images.images.length
    const repositories = images.repositories().length
    return {
      objects: tags * 3,
      bytes: tags * 61_000_000,
      logicalBytes: tags * 143_000_000,
      repositories,
      tags,
      manifests: tags * 2,
    }
  }
  const random = seeded(3)
  const history = Array.from({ length: 365 * 2 }, () => 0.985 + random() * 0.03)
  const sample = (now: Storage, share: number, at: number): StorageSample => {
    const grown = share * (history[Math.floor(at) % history.length] ?? 1)
    return {
      ...now,
      at: daysAgo(at),
      bytes: Math.floor(now.bytes * grown),
      logicalBytes: Math.floor(now.logicalBytes * grown),
    }
  }
  return [
    ['GET', '/storage', storage],
    [
      'GET',
      '/storage/history',
      ({ query }) => {
        if (images.images.length === 0) return { items: [] }
        const days = (Date.now() - Date.parse(query.get('from') ?? daysAgo(30))) / 86_400_000
        const points = Number(query.get('points') ?? 100)
        const now = storage()
        const items = Array.from({ length: points }, (_, i) => {
          const at = days * (1 - i / (points - 1))
          return sample(now, 1 - (at / 365) * 0.7, at)
        })
        return { items }
      },
    ],
    [
      'POST',
      '/gc',
      ({ query }) => ({
        dryRun: query.get('dryRun') === 'true',
        manifests: 12,
        objects: 84,
        bytes: 3_220_000_000,
        uploads: 2,
      }),
    ],
    [
      'GET',
      '/system',
      () => ({
        ...version(),
        uptimeSeconds: 259_200,
        auth: 'token',
        database: 'sqlite',
        tls: false,
        url: 'http://registry.example:5000',
      }),
    ],
  ]
}

function answerWithMock({ middlewares, httpServer }: ViteDevServer | PreviewServer): void {
  const count = Number(process.env.MOCK_IMAGES ?? 100_000)
  const images = new MockImages(count)
  const operations = new MockOperations(count ? 180 : 0)
  const keepBusy = () => {
    if (operations.all.some((operation) => operation.state === 'running')) return
    operations.start(
      'copy',
      'Copy docker://docker.io/library/postgres:17 to mirror/postgres:17',
      { source: 'docker://docker.io/library/postgres:17', target: 'mirror/postgres:17' },
      2.4e9,
    )
    operations.start('sync', 'Synchronise 12 repositories of quay.io', { config: '…' }, 9e9, 'failed')
  }
  if (count) {
    keepBusy()
    setInterval(keepBusy, 60_000).unref()
  }
  const audit = new MockAudit(count ? 3000 : 0)
  const people = new MockPeople(audit)
  const projects = new MockProjects(people, images)
  const routes = [
    ...peopleRoutes(people, audit),
    ...accountRoutes(people, audit, (user) => projects.membershipsOf(user)),
    ...projectRoutes(projects, people, audit),
    ...robotRoutes(people, audit),
    ...auditRoutes(audit),
    ...configurationRoutes(),
    ...storageRoutes(images),
    ...operationRoutes(operations),
    ...registryRoutes(images),
    ...uploadRoutes(),
    ...imageRoutes(images),
    diffRoute(images),
  ]
  middlewares.use(serve(routes, () => Number(process.env.MOCK_DELAY ?? 30)))
  if (httpServer) serveLive(httpServer as Server, operations, version)
}

export function mock(): Plugin {
  return { name: 'cang-mock', apply: 'serve', configureServer: answerWithMock, configurePreviewServer: answerWithMock }
}
