// The only place that talks HTTP to the server. Every failure is an ApiError with a message fit for a user.

export class ApiError extends Error {
  constructor(
    readonly kind: string,
    message: string,
    readonly status: number,
    readonly requestId?: string,
    readonly headers: Headers = new Headers(),
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

export interface Page<T> {
  items: T[]
  total?: number
  next?: string
}

export type QueryValue = string | number | boolean | undefined | null
export type Query = Record<string, QueryValue>

export interface RequestOptions {
  query?: Query
  // Plain values travel as JSON; Blob and FormData as they are.
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

const BASE = '/api/v1'

let signedOut: () => void = () => {}

// Called when the server says that nobody is signed in any more.
export function onSignedOut(listener: () => void): void {
  signedOut = listener
}

// A repository name or a reference in a path: slashes stay.
export function encodeName(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/')
}

export function apiUrl(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') parameters.set(key, String(value))
  const text = parameters.toString()
  return BASE + path + (text ? `?${text}` : '')
}

function bodyOf(value: unknown): { body?: BodyInit; type?: string } {
  if (value === undefined) return {}
  if (value instanceof FormData) return { body: value }
  if (value instanceof Blob) return { body: value, type: 'application/octet-stream' }
  return { body: JSON.stringify(value), type: 'application/json' }
}

interface Problem {
  kind?: string
  title?: string
  detail?: string
}

async function errorOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('X-Request-Id') ?? undefined
  let problem: Problem = {}
  try {
    problem = (await response.json()) as Problem
  } catch {
    // A proxy between us and the server answers with its own page.
  }
  const message = problem.detail ?? problem.title ?? `HTTP ${response.status} ${response.statusText}`.trim()
  return new ApiError(problem.kind ?? 'unavailable', message, response.status, requestId, response.headers)
}

// The answer itself, for those who need its headers or bytes.
export async function send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
  const { body, type } = bodyOf(options.body)
  const headers: Record<string, string> = { Accept: 'application/json', 'X-Requested-With': 'cang', ...options.headers }
  if (type) headers['Content-Type'] ??= type
  let response: Response
  try {
    response = await fetch(apiUrl(path, options.query), { method, headers, body, signal: options.signal })
  } catch (failure) {
    if (options.signal?.aborted) throw failure
    throw new ApiError('unreachable', '', 0)
  }
  if (response.ok) return response
  const error = await errorOf(response)
  if (response.status === 401 && path !== '/session') signedOut()
  throw error
}

async function exchange<T>(method: string, path: string, options?: RequestOptions): Promise<T> {
  const response = await send(method, path, options)
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => exchange<T>('GET', path, { query, signal }),
  post: <T>(path: string, body?: unknown, options?: RequestOptions) => exchange<T>('POST', path, { ...options, body }),
  put: <T>(path: string, body?: unknown, options?: RequestOptions) => exchange<T>('PUT', path, { ...options, body }),
  patch: <T>(path: string, body?: unknown, options?: RequestOptions) =>
    exchange<T>('PATCH', path, { ...options, body }),
  delete: <T = void>(path: string, options?: RequestOptions) => exchange<T>('DELETE', path, options),
}

// Pages one after the other, until the list or the caller ends.
export async function* pages<T>(path: string, query: Query = {}, signal?: AbortSignal): AsyncGenerator<Page<T>> {
  let cursor: string | undefined
  do {
    const page = await api.get<Page<T>>(path, { ...query, cursor }, signal)
    yield page
    cursor = page.next
  } while (cursor)
}

// Who aborted a request knows it already.
export function isAborted(failure: unknown): boolean {
  return failure instanceof DOMException && failure.name === 'AbortError'
}
