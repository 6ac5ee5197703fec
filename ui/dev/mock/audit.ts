import type { AuditEvent, AuditResult } from '../../src/api/accessTypes'
import { daysAgo, digestOf, seeded } from './random'
import { answer, paged, Refusal, type Call, type Route } from './router'

type Entry = Pick<AuditEvent, 'action' | 'resource'> &
  Partial<Pick<AuditEvent, 'actor' | 'project' | 'result' | 'message' | 'before' | 'after' | 'at' | 'via' | 'address'>>

const random = seeded(23)
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
const people = ['admin', 'mei', 'jonas', 'aisha', 'robot$platform+ci', 'robot$mirror']
const samples: Entry[] = [
  { action: 'image.push', resource: 'platform/api:1.4.2', project: 'platform', after: { digest: digestOf('1.4.2') } },
  {
    action: 'image.tag',
    resource: 'platform/api:latest',
    project: 'platform',
    before: { digest: digestOf('1.4.1') },
    after: { digest: digestOf('1.4.2') },
  },
  { action: 'image.push', resource: 'payments/web:3.0.1', project: 'payments' },
  { action: 'session.create', resource: 'mei', actor: 'mei' },
  {
    action: 'session.create',
    resource: 'root',
    actor: 'root',
    result: 'denied',
    message: 'The user or the password is wrong.',
  },
  {
    action: 'project.update',
    resource: 'payments',
    project: 'payments',
    before: { public: false, quotaBytes: 53_687_091_200, description: 'Checkout and billing' },
    after: { public: true, quotaBytes: 107_374_182_400, description: 'Checkout and billing' },
  },
  {
    action: 'member.put',
    resource: 'payments/jonas',
    project: 'payments',
    before: { role: 'viewer' },
    after: { role: 'operator' },
  },
  {
    action: 'image.delete',
    resource: 'search/worker@' + digestOf('old').slice(0, 19),
    project: 'search',
    result: 'denied',
    message: 'jonas may not delete images in search. A project admin can do it, or make jonas one.',
  },
  {
    action: 'robot.create',
    resource: 'robot$platform+ci',
    project: 'platform',
    after: { name: 'ci', disabled: false },
  },
  { action: 'operation.start', resource: 'copy docker.io/library/postgres:17', project: 'mirror' },
  {
    action: 'storage.collect',
    resource: 'storage',
    actor: 'admin',
    result: 'failed',
    message: 'Another collection is running. Try again when it has ended.',
  },
  {
    action: 'repository.update',
    resource: 'data/trainer',
    project: 'data',
    before: { private: false },
    after: { private: true },
  },
]

// The log of everything, newest first.
export class MockAudit {
  events: AuditEvent[] = []
  #last = 0

  constructor(history: number) {
    for (let i = 0; i < history; ++i) {
      const sample = pick(samples)
      this.events.push(this.#event({ actor: pick(people), at: daysAgo(i * 0.04 + random() * 0.03), ...sample }))
    }
  }

  add(entry: Entry): void {
    this.events.unshift(this.#event(entry))
  }

  find({ query }: Call, project = query.get('project') ?? ''): AuditEvent[] {
    const text = (query.get('search') ?? '').toLowerCase()
    const actor = (query.get('actor') ?? '').toLowerCase()
    const is = (name: string, value: string) => !query.get(name) || query.get(name) === value
    return this.events.filter(
      (event) =>
        `${event.actor} ${event.action} ${event.resource} ${event.message ?? ''}`.toLowerCase().includes(text) &&
        (!actor || event.actor.toLowerCase() === actor) &&
        (!project || event.project === project) &&
        is('action', event.action) &&
        is('result', event.result) &&
        event.at >= (query.get('from') ?? '') &&
        event.at <= (query.get('to') ?? '9'),
    )
  }

  #event(entry: Entry): AuditEvent {
    const result: AuditResult = entry.result ?? 'ok'
    const id = ++this.#last
    return {
      id,
      at: new Date().toISOString(),
      actor: 'admin',
      via: entry.actor?.startsWith('robot$') ? 'robot secret' : 'session',
      address: `10.1.${Math.floor(random() * 4)}.${Math.floor(random() * 250)}`,
      requestId: digestOf(String(id)).slice(7, 23),
      ...entry,
      result,
    }
  }
}

export function auditRoutes(audit: MockAudit): Route[] {
  return [
    ['GET', '/audit', (call) => paged(audit.find(call), call.query)],
    ['GET', '/projects/{project}/audit', (call) => paged(audit.find(call, call.parameters.project), call.query)],
    [
      'GET',
      '/audit/export',
      (call) => {
        const found = audit.find(call)
        const format = call.query.get('format')
        if (format !== 'csv' && format !== 'jsonl') throw new Refusal(400, 'invalid_argument', 'format is csv or jsonl')
        const raw =
          format === 'jsonl'
            ? found.map((event) => JSON.stringify(event)).join('\n')
            : [
                'at,actor,action,resource,result',
                ...found.map((e) => [e.at, e.actor, e.action, e.resource, e.result].join()),
              ].join('\n')
        const type = format === 'csv' ? 'text/csv' : 'application/jsonl'
        return answer({
          raw,
          headers: { 'Content-Type': type, 'Content-Disposition': `attachment; filename="audit.${format}"` },
        })
      },
    ],
  ]
}
