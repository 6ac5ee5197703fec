import { api } from './client'
import type { Session } from './types'

export const getSession = () => api.get<Session>('/session')
export const signIn = (user: string, password: string) => api.post<Session>('/session', { user, password })
export const signOut = () => api.delete('/session')
