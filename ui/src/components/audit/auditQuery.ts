import type { AuditResult } from '@/api/accessTypes'
import type { AuditQuery } from '@/api/audit'

// Pure: the filters of the audit log as they stand in the address, and what the server is asked for.

export interface AuditFilters {
  search: string
  actor: string
  action: string
  project: string
  result: string
  period: string
  // With the period "days": the first and the last, as fields of type date have them.
  from: string
  to: string
}

export const auditResults: AuditResult[] = ['ok', 'denied', 'failed']

const HOUR = 3_600_000
const spans: Record<string, number> = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, month: 30 * 24 * HOUR }
export const periods = [...Object.keys(spans), 'days']

// In the order they are offered.
export const auditActions = [
  ...['sign-in', 'session.create', 'session.delete'],
  ...['user.create', 'user.update', 'user.password', 'user.delete'],
  ...['token.create', 'token.delete'],
  ...['project.create', 'project.update', 'project.delete'],
  ...['member.put', 'member.delete'],
  ...['robot.create', 'robot.update', 'robot.secret', 'robot.delete'],
  ...['image.push', 'image.tag', 'image.delete', 'repository.update', 'repository.delete'],
  ...['registry.create', 'registry.update', 'registry.delete'],
  ...['operation.start', 'operation.cancel', 'operation.retry'],
  ...['storage.collect', 'backup.create', 'settings.reload'],
]

function timeOf(day: string, clock: string): string | undefined {
  const time = new Date(`${day}T${clock}`)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}

export function queryOf({ period, from, to, ...rest }: AuditFilters, now: number): AuditQuery {
  const query: AuditQuery = { ...rest, result: auditResults.find((one) => one === rest.result) }
  const span = spans[period]
  if (span) return { ...query, from: new Date(now - span).toISOString() }
  if (period === 'days') return { ...query, from: timeOf(from, '00:00:00'), to: timeOf(to, '23:59:59.999') }
  return query
}
