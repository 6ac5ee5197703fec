import { api, type Page } from './client'
import type { Operation, OperationEvent, OperationState } from './types'

export interface OperationQuery {
  search?: string
  type?: string
  state?: OperationState | ''
  requestedBy?: string
  limit?: number
  cursor?: string
}

const pathOf = (id: string) => `/operations/${encodeURIComponent(id)}`

export const listOperations = (query: OperationQuery, signal?: AbortSignal) =>
  api.get<Page<Operation>>('/operations', { ...query }, signal)
export const getOperation = (id: string, signal?: AbortSignal) => api.get<Operation>(pathOf(id), {}, signal)
export const listEvents = (id: string, after: number, signal?: AbortSignal) =>
  api.get<{ items: OperationEvent[] }>(`${pathOf(id)}/events`, { after }, signal)
export const cancelOperation = (id: string) => api.post<Operation>(`${pathOf(id)}/cancel`)
export const retryOperation = (id: string) => api.post<Operation>(`${pathOf(id)}/retry`)
