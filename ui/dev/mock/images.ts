import type { Image, ImageDetail, Layer, Repository } from '../../src/api/types'
import { daysAgo, digestOf, seeded } from './random'
import { answer, paged, Refusal, sorted, type Call, type Route } from './router'

const INDEX = 'application/vnd.oci.image.index.v1+json'
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip'
const teams = ['platform', 'payments', 'search', 'mobile', 'mirror', 'data', 'edge', 'infra']
const services = [
  'api',
  'web',
  'worker',
  'gateway',
  'scheduler',
  'reports',
  'auth',
  'nginx',
  'postgres',
  'redis',
  'trainer',
]

const random = seeded(7)
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T

function makeImages(count: number): Image[] {
  const images: Image[] = []
  for (let i = 0; images.length < count; ++i) {
    const repository = `${teams[i % teams.length]}/${services[Math.floor(i / teams.length) % services.length]}${i < 88 ? '' : `-${Math.floor(i / 88)}`}`
    const tags = Math.min(count - images.length, 1 + Math.floor(random() ** 2 * 160))
    for (let t = 0; t < tags; ++t) {
      const multi = random() < 0.4
      images.push({
        repository,
        tag: t === 0 ? 'latest' : `${1 + Math.floor(t / 40)}.${Math.floor(t / 8) % 5}.${t % 8}`,
        // Two tags of most repositories are one image.
        digest: digestOf(`${repository}:${Math.max(1, t)}`),
        mediaType: multi ? INDEX : MANIFEST,
        size: Math.floor(5e6 + random() ** 3 * 2e9),
        platforms: multi
          ? ['linux/amd64', 'linux/arm64', ...(random() < 0.3 ? ['linux/arm/v7'] : [])]
          : ['linux/amd64'],
        updatedAt: daysAgo(random() ** 2 * 400),
      })
    }
  }
  return images.sort((a, b) =>
    a.repository === b.repository ? (a.tag < b.tag ? -1 : 1) : a.repository < b.repository ? -1 : 1,
  )
}

export class MockImages {
  images: Image[]
  hidden = new Set(['platform/auth', 'data/trainer'])

  constructor(count: number) {
    this.images = makeImages(count)
  }

  repositories(): Repository[] {
    const all = new Map<string, Repository>()
    for (const image of this.images) {
      const found = all.get(image.repository)
      if (!found)
        all.set(image.repository, {
          name: image.repository,
          tags: 1,
          manifests: 2,
          updatedAt: image.updatedAt,
          private: this.hidden.has(image.repository),
          createdBy: 'mei',
        })
      else {
        found.tags += 1
        found.manifests += image.platforms.length
        if (image.updatedAt > found.updatedAt) found.updatedAt = image.updatedAt
      }
    }
    return [...all.values()]
  }

  find(repository: string, reference: string): Image {
    const found = this.images.find(
      (i) => i.repository === repository && (i.tag === reference || i.digest === reference),
    )
    if (!found) throw new Refusal(404, 'not_found', `${repository} has no image ${reference}`)
    return found
  }
}

const withUsage = (repository: Repository) => ({
  ...repository,
  uniqueBytes: repository.tags * 48_200_000,
  sharedBytes: repository.tags * 91_300_000,
})

function layersOf(seed: string): Layer[] {
  const steps = [
    ['/bin/sh -c #(nop) ADD file:6c4730e7b12278bcd75b in / ', 29_150_000],
    [
      'RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends ca-certificates curl # buildkit',
      18_400_000,
    ],
    ['COPY /build/out /usr/local/bin # buildkit', 41_980_000],
    ['COPY config.yaml /etc/service/config.yaml # buildkit', 2_310],
  ] as const
  return steps.map(([createdBy, size], i) => ({
    digest: digestOf(`${seed} layer ${i}`),
    mediaType: LAYER,
    size,
    diffId: digestOf(`${seed} diff ${i}`),
    createdBy,
    created: daysAgo(20 - i),
  }))
}

export function detailOf(image: Image, reference: string, tags?: string[]): ImageDetail {
  const single = image.mediaType !== INDEX
  const platforms = image.platforms.map((platform) => {
    const [os, architecture, variant] = platform.split('/')
    const digest = single ? image.digest : digestOf(image.digest + platform)
    return {
      platform,
      digest,
      size: Math.floor(image.size / image.platforms.length),
      mediaType: MANIFEST,
      os,
      architecture,
      variant,
      attestation: false,
    }
  })
  const detail: ImageDetail = {
    repository: image.repository,
    reference,
    digest: image.digest,
    mediaType: image.mediaType,
    size: image.size,
    pushedAt: image.updatedAt,
    tags,
    annotations: {
      'org.opencontainers.image.source': `https://git.example/${image.repository}`,
      'org.opencontainers.image.revision': image.digest.slice(7, 47),
    },
    platforms,
  }
  return single ? { ...detail, ...contentOf(image) } : detail
}

function contentOf(image: Image): Pick<ImageDetail, 'config' | 'layers' | 'history'> {
  const layers = layersOf(image.digest)
  return {
    config: {
      created: image.updatedAt,
      os: 'linux',
      architecture: 'amd64',
      user: '65532:65532',
      workingDir: '/srv',
      entrypoint: ['/usr/local/bin/service'],
      cmd: ['--config', '/etc/service/config.yaml'],
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8', 'PORT=8080'],
      exposedPorts: ['8080/tcp'],
      volumes: ['/var/lib/service'],
      labels: { 'org.opencontainers.image.title': image.repository, maintainer: 'platform@example.com' },
      stopSignal: 'SIGTERM',
      healthcheck: {
        test: ['CMD', 'curl', '-f', 'http://localhost:8080/healthz'],
        intervalMilliseconds: 30_000,
        retries: 3,
      },
    },
    layers,
    history: [
      ...layers
        .slice(0, 2)
        .map((layer, i) => ({ created: layer.created, createdBy: layer.createdBy, emptyLayer: false, layer: i })),
      { created: daysAgo(18), createdBy: 'ENV PORT=8080', emptyLayer: true },
      ...layers
        .slice(2)
        .map((layer, i) => ({ created: layer.created, createdBy: layer.createdBy, emptyLayer: false, layer: i + 2 })),
      { created: daysAgo(16), createdBy: 'ENTRYPOINT ["/usr/local/bin/service"]', emptyLayer: true },
    ],
  }
}

export function imageRoutes(mock: MockImages): Route[] {
  const search = (call: Call) => (call.query.get('search') ?? '').toLowerCase()
  const tagsOf = (name: string) => mock.images.filter((image) => image.repository === name)
  const byTag = { name: (i: Image) => i.tag, updatedAt: (i: Image) => i.updatedAt, size: (i: Image) => i.size }
  return [
    [
      'GET',
      '/images',
      (call) => {
        const platform = call.query.get('platform')
        const found = mock.images.filter(
          (image) =>
            `${image.repository}:${image.tag}`.includes(search(call)) &&
            (!platform || image.platforms.includes(platform)),
        )
        const keys = {
          name: (i: Image) => `${i.repository}:${i.tag}`,
          updatedAt: (i: Image) => i.updatedAt,
          size: (i: Image) => i.size,
        }
        return paged(sorted(found, call.query.get('sort'), keys), call.query)
      },
    ],
    [
      'GET',
      '/repositories',
      (call) => {
        const found = mock.repositories().filter((repository) => repository.name.includes(search(call)))
        const keys = {
          name: (r: Repository) => r.name,
          updatedAt: (r: Repository) => r.updatedAt,
          tags: (r: Repository) => r.tags,
        }
        const page = paged(sorted(found, call.query.get('sort'), keys), call.query)
        return call.query.get('usage') === 'true' ? { ...page, items: page.items.map(withUsage) } : page
      },
    ],
    [
      'GET',
      '/repositories/{name...}/-/tags',
      (call) => {
        const found = tagsOf(call.parameters.name ?? '').filter((image) => image.tag.includes(search(call)))
        return paged(sorted(found, call.query.get('sort'), byTag), call.query)
      },
    ],
    [
      'PUT',
      '/repositories/{name...}/-/tags/{tag}',
      (call) => {
        const { name = '', tag = '' } = call.parameters
        const digest = (call.body as { digest: string }).digest
        const image = { ...mock.find(name, digest), tag, updatedAt: new Date().toISOString() }
        mock.images = [...mock.images.filter((i) => i.repository !== name || i.tag !== tag), image]
        return image
      },
    ],
    [
      'DELETE',
      '/repositories/{name...}/-/tags/{tag}',
      (call) => {
        const image = mock.find(call.parameters.name ?? '', call.parameters.tag ?? '')
        mock.images = mock.images.filter((other) => other !== image)
      },
    ],
    [
      'GET',
      '/repositories/{name...}/-/images/{reference}',
      (call) => {
        const { name = '', reference = '' } = call.parameters
        const index = mock.images.find(
          (i) => i.repository === name && i.platforms.some((p) => digestOf(i.digest + p) === reference),
        )
        if (index)
          return detailOf(
            { ...index, mediaType: MANIFEST, digest: reference, platforms: index.platforms.slice(0, 1) },
            reference,
            [],
          )
        const image = mock.find(name, reference)
        const tags = tagsOf(name).filter((other) => other.digest === image.digest)
        return detailOf(
          image,
          reference,
          tags.map((other) => other.tag),
        )
      },
    ],
    [
      'DELETE',
      '/repositories/{name...}/-/images/{digest}',
      (call) => {
        const { name, digest } = call.parameters
        mock.images = mock.images.filter((image) => image.repository !== name || image.digest !== digest)
      },
    ],
    [
      'GET',
      '/repositories/{name...}/-/manifests/{reference}',
      (call) => {
        const { name = '', reference = '' } = call.parameters
        const inner = mock.images.some((i) => i.platforms.some((p) => digestOf(i.digest + p) === reference))
        const image = inner ? { digest: reference, mediaType: MANIFEST } : mock.find(name, reference)
        const manifest = {
          schemaVersion: 2,
          mediaType: image.mediaType,
          layers: layersOf(image.digest).map(({ digest, size, mediaType }) => ({ mediaType, digest, size })),
        }
        return answer({ raw: JSON.stringify(manifest, null, 2), headers: { 'Content-Type': image.mediaType } })
      },
    ],
    [
      'GET',
      '/repositories/{name...}/-/referrers/{digest}',
      (call) => ({
        items: [
          {
            digest: digestOf(`${call.parameters.digest} sig`),
            mediaType: MANIFEST,
            artifactType: 'application/vnd.dev.cosign.artifact.sig.v1+json',
            size: 1_733,
            annotations: {},
          },
          {
            digest: digestOf(`${call.parameters.digest} sbom`),
            mediaType: MANIFEST,
            artifactType: 'application/spdx+json',
            size: 184_220,
            annotations: { 'org.opencontainers.image.created': daysAgo(3) },
          },
        ],
      }),
    ],
    [
      'GET',
      '/repositories/{name...}',
      (call) => {
        const found = mock.repositories().find((repository) => repository.name === call.parameters.name)
        if (!found) throw new Refusal(404, 'not_found', `there is no repository ${call.parameters.name}`)
        return withUsage(found)
      },
    ],
    [
      'PUT',
      '/repositories/{name...}',
      (call) => {
        const { name = '' } = call.parameters
        if ((call.body as { private: boolean }).private) mock.hidden.add(name)
        else mock.hidden.delete(name)
        return mock.repositories().find((repository) => repository.name === name)
      },
    ],
    [
      'DELETE',
      '/repositories/{name...}',
      (call) => {
        mock.images = mock.images.filter((image) => image.repository !== call.parameters.name)
      },
    ],
  ]
}

export const pickRepository = () => `${pick(teams)}/${pick(services)}`
