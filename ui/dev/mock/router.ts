// A small server of made-up JSON: a table of routes, as the real one has.
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface Call {
  parameters: Record<string, string>
  query: URLSearchParams
  body: unknown
  request: IncomingMessage
  bytes: Buffer
}

export interface Answer {
  status?: number
  body?: unknown
  headers?: Record<string, string>
  raw?: string
}

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message)
  }
}

export type Handle = (call: Call) => Answer | unknown
export type Route = [method: string, path: string, handle: Handle]

const answers = new WeakSet<object>()

export function answer(value: Answer): Answer {
  answers.add(value)
  return value
}

// `{name...}` takes slashes, `{id}` does not.
function patternOf(path: string): RegExp {
  const text = path.replace(/\{(\w+)(\.\.\.)?\}/g, (_, name: string, deep?: string) =>
    deep ? `(?<${name}>(?:(?!/-/).)+)` : `(?<${name}>[^/]+)`,
  )
  return new RegExp(`^/api/v1${text}$`)
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

export function paged<T>(items: T[], query: URLSearchParams): { items: T[]; total: number; next?: string } {
  const limit = Number(query.get('limit') ?? 50)
  const first = Number(query.get('cursor') ?? query.get('offset') ?? 0)
  const last = first + limit
  return { items: items.slice(first, last), total: items.length, next: last < items.length ? String(last) : undefined }
}

export function sorted<T extends object>(
  items: T[],
  order: string | null,
  keys: Record<string, (item: T) => string | number>,
): T[] {
  const down = order?.startsWith('-') ?? false
  const key = keys[(order ?? 'name').replace(/^-/, '')]
  if (!key) throw new Refusal(400, 'invalid_argument', 'sort names no column')
  const result = [...items].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  return down ? result.reverse() : result
}

export function serve(routes: Route[], delay: () => number) {
  const table = routes.map(([method, path, handle]) => ({ method, pattern: patternOf(path), handle }))
  return async (request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://mock')
    if (!url.pathname.startsWith('/api/v1')) return next()
    const bytes = await bytesOf(request)
    await new Promise((resolve) => setTimeout(resolve, delay()))
    const row = table.find(({ method, pattern }) => method === request.method && pattern.test(url.pathname))
    try {
      if (!row) throw new Refusal(404, 'not_found', `nothing answers ${request.method} ${url.pathname}`)
      const json = request.headers['content-type']?.startsWith('application/json') && bytes.length > 0
      const found = Object.entries(row.pattern.exec(url.pathname)?.groups ?? {})
      const parameters = Object.fromEntries(found.map(([name, value]) => [name, decodeURIComponent(value)]))
      const body: unknown = json ? JSON.parse(bytes.toString()) : undefined
      const value = row.handle({ parameters, query: url.searchParams, body, request, bytes })
      const whole =
        value !== null && typeof value === 'object' && answers.has(value) ? (value as Answer) : { body: value }
      const status = whole.status ?? (whole.body === undefined && whole.raw === undefined ? 204 : 200)
      response.writeHead(status, { 'Content-Type': 'application/json', ...whole.headers })
      response.end(whole.raw ?? (whole.body === undefined ? undefined : JSON.stringify(whole.body)))
    } catch (failure) {
      const refusal = failure instanceof Refusal ? failure : new Refusal(500, 'internal', String(failure))
      response.writeHead(refusal.status, {
        'Content-Type': 'application/problem+json',
        'X-Request-Id': 'mock-1',
        ...refusal.headers,
      })
      response.end(
        JSON.stringify({
          type: 'about:blank',
          title: refusal.kind,
          status: refusal.status,
          detail: refusal.message,
          kind: refusal.kind,
        }),
      )
    }
  }
}
