import type { Account, AccountSession, ApiToken, Scope, User } from './accessTypes'
import { api, type Page } from './client'

export interface NewToken {
  name: string
  expiresAt?: string
  scopes?: Scope[]
}

export const getAccount = (signal?: AbortSignal) => api.get<Account>('/account', {}, signal)
export const putAccount = (input: Pick<User, 'displayName' | 'email'>) => api.put<User>('/account', input)
// The other sessions end.
export const putOwnPassword = (oldPassword: string, newPassword: string) =>
  api.put('/account/password', { oldPassword, newPassword })

export const listSessions = (signal?: AbortSignal) => api.get<Page<AccountSession>>('/account/sessions', {}, signal)
export const deleteSession = (id: string) => api.delete(`/account/sessions/${encodeURIComponent(id)}`)

export const listTokens = (signal?: AbortSignal) => api.get<Page<ApiToken>>('/account/tokens', {}, signal)
// `token` is told this once.
export const createToken = (input: NewToken) => api.post<ApiToken & { token: string }>('/account/tokens', input)
export const deleteToken = (id: string) => api.delete(`/account/tokens/${encodeURIComponent(id)}`)
