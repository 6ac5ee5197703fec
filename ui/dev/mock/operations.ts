import type { Operation, OperationEvent, OperationState, ProgressPart } from '../../src/api/types'
import { daysAgo, digestOf, seeded } from './random'
import { answer, paged, Refusal, type Route } from './router'

const random = seeded(11)
const MIB = 1024 * 1024

interface Running {
  operation: Operation
  speed: number
  parts: ProgressPart[]
  finish: 'succeeded' | 'failed'
}

export type Listener = (operation: Operation, event: OperationEvent) => void

// Operations that really move: bytes flow every quarter of a second, events are numbered.
export class MockOperations {
  all: Operation[] = []
  events = new Map<string, OperationEvent[]>()
  listeners = new Set<Listener>()
  #running: Running[] = []
  #last = 0

  constructor(history: number) {
    for (let i = history; i > 0; --i) this.#remember(i)
    setInterval(() => this.#tick(), 250).unref()
  }

  get(id: string): Operation {
    const found = this.all.find((operation) => operation.id === id)
    if (!found) throw new Refusal(404, 'not_found', `there is no operation ${id}`)
    return found
  }

  start(
    type: string,
    title: string,
    input: Record<string, unknown>,
    bytes = 900 * MIB,
    finish: Running['finish'] = 'succeeded',
  ): Operation {
    const operation: Operation = { ...this.#blank(type, title, input), state: 'pending' }
    this.all.unshift(operation)
    this.#tell(operation, { kind: 'state', payload: { state: 'pending' } })
    setTimeout(() => {
      if (operation.state !== 'pending') return
      operation.state = 'running'
      operation.startedAt = new Date().toISOString()
      const names = ['layer', 'layer', 'config', 'layer', 'manifest']
      const parts = names.map((kind, i) => ({
        part: i + 1,
        name: `${digestOf(title + i).slice(7, 19)} ${kind}`,
        done: 0,
        total: kind === 'layer' ? Math.floor(bytes / 3) : 4200 + i,
      }))
      this.#running.push({ operation, parts, speed: (30 + random() * 60) * MIB, finish })
      this.#tell(operation, { kind: 'state', payload: { state: 'running' } })
      this.#tell(operation, { kind: 'log', payload: { line: `${title}: ${parts.length} blobs to look at` } })
    }, 800)
    return operation
  }

  end(operation: Operation, state: OperationState, message = ''): void {
    operation.state = state
    operation.finishedAt = new Date().toISOString()
    this.#running = this.#running.filter((running) => running.operation !== operation)
    const error =
      state === 'succeeded' ? undefined : { kind: state === 'cancelled' ? 'cancelled' : 'unavailable', message }
    operation.error = error
    if (state === 'succeeded') {
      operation.result = { digest: digestOf(operation.title), bytes: operation.progress?.done ?? 0, blobs: 5 }
      this.#tell(operation, { kind: 'result', payload: operation.result })
    }
    this.#tell(operation, { kind: 'state', payload: { state, error } })
  }

  #blank(type: string, title: string, input: Record<string, unknown>): Operation {
    const id = `op${(++this.#last).toString().padStart(4, '0')}${digestOf(String(this.#last)).slice(7, 19)}`
    return {
      id,
      type,
      title,
      state: 'pending',
      input,
      resources: [],
      requestedBy: 'admin',
      createdAt: new Date().toISOString(),
    }
  }

  #remember(i: number): void {
    const kinds = [
      ['copy', `Copy docker://docker.io/library/nginx:1.${i % 28} to mirror/nginx:1.${i % 28}`],
      ['registry.gc', 'Collect garbage'],
      ['import', `Import ${3 + (i % 4)} images from release-${i}.tar`],
      ['sync', 'Synchronise 12 repositories of quay.io'],
    ] as const
    const [type, title] = kinds[i % kinds.length] ?? kinds[0]
    const created = daysAgo(i * 0.21 + 0.02)
    const seconds = 2 + random() * 240
    const state: OperationState =
      i % 9 === 4 ? 'failed' : i % 23 === 7 ? 'cancelled' : i % 41 === 12 ? 'interrupted' : 'succeeded'
    const error = {
      kind: 'unavailable',
      message: 'registry-1.docker.io: connection reset by peer. Try again, or look whether a proxy is needed.',
    }
    const operation: Operation = {
      ...this.#blank(type, title, { source: 'docker://docker.io/library/nginx:1.27', target: 'mirror/nginx:1.27' }),
      state,
      createdAt: created,
      startedAt: created,
      finishedAt: new Date(Date.parse(created) + seconds * 1000).toISOString(),
      error: state === 'succeeded' ? undefined : error,
      result:
        state === 'succeeded'
          ? { digest: digestOf(title), bytes: Math.floor(seconds * 40 * MIB), blobs: 12 }
          : undefined,
    }
    this.all.unshift(operation)
    const at = (line: string, sequence: number): OperationEvent => ({
      sequence,
      at: created,
      kind: 'log',
      payload: { line },
    })
    this.events.set(operation.id, [
      { sequence: 1, at: created, kind: 'state', payload: { state: 'running' } },
      ...Array.from({ length: 40 }, (_, n) =>
        at(`${digestOf(title + n).slice(7, 19)} layer: there already, nothing to send`, n + 2),
      ),
      { sequence: 42, at: created, kind: 'state', payload: { state } },
    ])
  }

  #tick(): void {
    for (const running of [...this.#running]) this.#advance(running)
  }

  #advance({ operation, parts, speed, finish }: Running): void {
    let budget = (speed / 4) * (0.7 + random() * 0.6)
    const open = parts.filter((part) => part.done < (part.total ?? 0))
    for (const part of open.slice(0, 3)) {
      const step = Math.min(budget / Math.min(3, open.length), (part.total ?? 0) - part.done)
      part.done = Math.floor(part.done + step)
      budget -= step
      if (part.done >= (part.total ?? 0) - 1) {
        part.done = part.total ?? 0
        this.#tell(operation, { kind: 'log', payload: { line: `${part.name}: sent` } })
      }
    }
    const done = parts.reduce((sum, part) => sum + part.done, 0)
    const total = parts.reduce((sum, part) => sum + (part.total ?? 0), 0)
    operation.progress = {
      done,
      total,
      rate: Math.floor(speed),
      secondsLeft: Math.ceil((total - done) / speed),
      parts: structuredClone(parts.filter((p) => p.done < (p.total ?? 0))),
    }
    this.#tell(operation, { kind: 'progress', payload: operation.progress })
    if (finish === 'failed' && done > total / 2)
      this.end(
        operation,
        'failed',
        'quay.io refused the password of robot+mirror. Mend it in the registry’s settings, then retry.',
      )
    else if (done >= total) this.end(operation, 'succeeded')
  }

  #tell(operation: Operation, content: Pick<OperationEvent, 'kind' | 'payload'>): void {
    const stored = this.events.get(operation.id) ?? []
    this.events.set(operation.id, stored)
    const last = stored.at(-1)?.sequence ?? 0
    const sequence = content.kind === 'progress' ? last : last + 1
    const event = { operation: operation.id, sequence, at: new Date().toISOString(), ...content } as OperationEvent
    if (content.kind !== 'progress') stored.push(event)
    for (const listener of this.listeners) listener(operation, event)
  }
}

export function operationRoutes(mock: MockOperations): Route[] {
  const accepted = (operation: Operation) =>
    answer({ status: 202, body: operation, headers: { Location: `/api/v1/operations/${operation.id}` } })
  const start = (type: string, title: (body: Record<string, string>) => string): Route => [
    'POST',
    `/${type === 'sync' ? 'syncs' : type === 'copy' ? 'copies' : `${type}s`}`,
    (call) =>
      accepted(mock.start(type, title(call.body as Record<string, string>), call.body as Record<string, unknown>)),
  ]
  return [
    [
      'GET',
      '/operations',
      ({ query }) => {
        const text = (query.get('search') ?? '').toLowerCase()
        const found = mock.all.filter(
          (operation) =>
            (!query.get('state') || operation.state === query.get('state')) &&
            (!query.get('type') || operation.type === query.get('type')) &&
            (!query.get('requestedBy') || operation.requestedBy === query.get('requestedBy')) &&
            (operation.title.toLowerCase().includes(text) || operation.id.includes(text)),
        )
        return paged(found, query)
      },
    ],
    ['GET', '/operations/{id}', ({ parameters }) => mock.get(parameters.id ?? '')],
    [
      'GET',
      '/operations/{id}/events',
      ({ parameters, query }) => ({
        items: (mock.events.get(parameters.id ?? '') ?? []).filter(
          (event) => event.sequence > Number(query.get('after') ?? 0),
        ),
      }),
    ],
    [
      'POST',
      '/operations/{id}/cancel',
      ({ parameters }) => {
        const operation = mock.get(parameters.id ?? '')
        if (!['pending', 'running'].includes(operation.state))
          throw new Refusal(409, 'conflict', 'the operation has ended already')
        setTimeout(() => mock.end(operation, 'cancelled', 'cancelled'), 400)
        return accepted(operation)
      },
    ],
    [
      'POST',
      '/operations/{id}/retry',
      ({ parameters }) => {
        const before = mock.get(parameters.id ?? '')
        const operation = mock.start(before.type, before.title, before.input)
        operation.retryOf = before.id
        return accepted(operation)
      },
    ],
    start('copy', (body) => `Copy ${body.source} to ${body.target}`),
    start('sync', () => 'Synchronise'),
    start('import', (body) => `Import from upload ${body.upload}`),
    start('export', () => 'Export images'),
  ]
}
