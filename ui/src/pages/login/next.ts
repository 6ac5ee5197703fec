// Where to go after signing in: only a path of this site.
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/'
}

// The way through another place to sign in at, and back to where one wanted to go.
export function providerUrl(loginUrl: string, next: unknown): string {
  const target = safeNext(next)
  if (target === '/') return loginUrl
  return `${loginUrl}${loginUrl.includes('?') ? '&' : '?'}next=${encodeURIComponent(target)}`
}
