import { api } from './client'
import type { System } from './types'

export const getSystem = (signal?: AbortSignal) => api.get<System>('/system', {}, signal)
