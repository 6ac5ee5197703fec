import type { AuditEvent, AuditResult } from './accessTypes'
import { api, apiUrl, type Page } from './client'

export interface AuditQuery {
  search?: string
  actor?: string
  action?: string
  project?: string
  result?: AuditResult | ''
  from?: string
  to?: string
}

export type AuditFormat = 'csv' | 'jsonl'

// Newest first.
export const listAudit = (query: AuditQuery & { limit?: number; cursor?: string }, signal?: AbortSignal) =>
  api.get<Page<AuditEvent>>('/audit', { ...query }, signal)
export const listProjectAudit = (
  project: string,
  query: Omit<AuditQuery, 'project'> & { limit?: number; cursor?: string },
  signal?: AbortSignal,
) => api.get<Page<AuditEvent>>(`/projects/${encodeURIComponent(project)}/audit`, { ...query }, signal)
export const auditExportUrl = (format: AuditFormat, query: AuditQuery) => apiUrl('/audit/export', { format, ...query })
