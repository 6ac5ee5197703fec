import type { Permission, Setting } from './accessTypes'
import { api } from './client'

// What the server runs with, and the table of what can be permitted.

export const listSettings = (signal?: AbortSignal) => api.get<{ items: Setting[] }>('/settings', {}, signal)
export const listPermissions = (signal?: AbortSignal) => api.get<{ items: Permission[] }>('/permissions', {}, signal)
