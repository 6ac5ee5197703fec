import type { Registry, RegistryTest, TestStepName } from '../../src/api/types'
import { detailOf, type MockImages } from './images'
import { daysAgo } from './random'
import { answer, paged, Refusal, type Route } from './router'

type Body = {
  name: string
  url: string
  user?: string
  password?: string | null
  tlsVerify?: boolean
  caCertificate?: string | null
  id?: string
}

const stepNames: TestStepName[] = ['address', 'dns', 'connect', 'tls', 'registry', 'sign-in']

function testOf(url: string): RegistryTest {
  const bad = url.includes('bad') ? 'sign-in' : url.includes('nowhere') ? 'dns' : undefined
  const last = bad ? stepNames.indexOf(bad) : stepNames.length - 1
  const messages: Record<TestStepName, string> = {
    address: 'the address is well formed',
    dns: bad === 'dns' ? 'no such host. Check the spelling, or the name server of this machine.' : '3 addresses',
    connect: 'connected to port 443',
    tls: 'TLS 1.3, certificate valid for 62 days',
    registry: 'speaks the distribution API 2.0',
    'sign-in': bad
      ? 'the registry refused the user and password. Enter them again; Docker Hub wants an access token.'
      : 'signed in',
  }
  const steps = stepNames
    .slice(0, last + 1)
    .map((step) => ({ step, ok: step !== bad, message: messages[step], milliseconds: 3 + step.length * 4 }))
  return { ok: !bad, at: new Date().toISOString(), steps }
}

function make(id: string, body: Body): Registry {
  const url = new URL(body.url)
  const now = new Date().toISOString()
  return {
    id,
    name: body.name,
    url: body.url,
    host: url.host,
    plainHttp: url.protocol === 'http:',
    user: body.user,
    hasPassword: Boolean(body.password),
    tlsVerify: body.tlsVerify ?? true,
    hasCaCertificate: Boolean(body.caCertificate),
    createdAt: now,
    updatedAt: now,
  }
}

export function registryRoutes(images: MockImages): Route[] {
  let registries: Registry[] = [
    {
      ...make('r1', { name: 'Docker Hub', url: 'https://registry-1.docker.io', user: 'acme', password: 'x' }),
      createdAt: daysAgo(90),
      lastTest: testOf('https://ok'),
    },
    {
      ...make('r2', { name: 'Quay', url: 'https://quay.io', user: 'robot+mirror', password: 'x' }),
      lastTest: testOf('https://bad'),
    },
    make('r3', { name: 'Lab', url: 'http://registry.lab.example:5000' }),
  ]
  let last = 3
  const get = (id = '') => {
    const found = registries.find((registry) => registry.id === id)
    if (!found) throw new Refusal(404, 'not_found', `there is no registry ${id}`)
    return found
  }
  const check = (body: Body) => {
    if (!/^https?:\/\/[^/\s]+$/.test(body.url))
      throw new Refusal(400, 'invalid_argument', 'url must be http(s)://host[:port]')
  }
  return [
    [
      'GET',
      '/registries',
      ({ query }) =>
        paged(
          registries.filter((r) =>
            `${r.name} ${r.url}`.toLowerCase().includes((query.get('search') ?? '').toLowerCase()),
          ),
          query,
        ),
    ],
    [
      'POST',
      '/registries',
      ({ body }) => {
        check(body as Body)
        const registry = make(`r${++last}`, body as Body)
        registries = [...registries, registry]
        return answer({ status: 201, body: registry })
      },
    ],
    ['POST', '/registries/test', ({ body }) => testOf((body as Body).url)],
    ['GET', '/registries/{id}', ({ parameters }) => get(parameters.id)],
    [
      'PUT',
      '/registries/{id}',
      ({ parameters, body }) => {
        check(body as Body)
        const before = get(parameters.id)
        const changed = { ...make(before.id, body as Body), createdAt: before.createdAt, lastTest: before.lastTest }
        if ((body as Body).password === undefined) changed.hasPassword = before.hasPassword
        registries = registries.map((registry) => (registry.id === before.id ? changed : registry))
        return changed
      },
    ],
    [
      'DELETE',
      '/registries/{id}',
      ({ parameters }) => {
        get(parameters.id)
        registries = registries.filter((registry) => registry.id !== parameters.id)
      },
    ],
    [
      'POST',
      '/registries/{id}/test',
      ({ parameters }) => (get(parameters.id).lastTest = testOf(parameters.id === 'r2' ? 'bad' : 'ok')),
    ],
    [
      'GET',
      '/registries/{id}/repositories',
      ({ parameters, query }) => {
        if (parameters.id === 'r1')
          throw new Refusal(
            501,
            'unsupported',
            'Docker Hub does not list its repositories. Enter the name of the one you want, for example library/nginx.',
          )
        const names = images.repositories().filter((repository) => repository.name.includes(query.get('search') ?? ''))
        const { items, next } = paged(
          names.map(({ name }) => ({ name })),
          query,
        )
        return { items, next }
      },
    ],
    [
      'GET',
      '/registries/{id}/repositories/{name...}/-/tags',
      ({ parameters, query }) => {
        const own = images.images.filter((image) => image.repository === parameters.name)
        const tags = (own.length ? own : images.images.slice(0, 60)).map(({ tag }) => ({ tag }))
        const { items, next } = paged(tags, query)
        return { items, next }
      },
    ],
    [
      'GET',
      '/registries/{id}/repositories/{name...}/-/images/{reference}',
      ({ parameters: { name = '', reference = '' } }) =>
        detailOf({ ...(images.images[5] as (typeof images.images)[0]), repository: name }, reference),
    ],
  ]
}
