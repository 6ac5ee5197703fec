import { api } from './client'
import type { Collection, Storage, StorageSample } from './types'

export const getStorage = (signal?: AbortSignal) => api.get<Storage>('/storage', {}, signal)
export const getStorageHistory = (from: Date, points: number, signal?: AbortSignal) =>
  api.get<{ items: StorageSample[] }>('/storage/history', { from: from.toISOString(), points }, signal)
export const collectGarbage = (dryRun: boolean, untagged: boolean) =>
  api.post<Collection>('/gc', undefined, { query: { dryRun, untagged } })
