import type { User, UserName } from './accessTypes'
import { api, type Page } from './client'

export type UserSort = 'name' | '-name' | 'createdAt' | '-createdAt'

export interface UserQuery {
  search?: string
  sort?: UserSort
  limit?: number
  cursor?: string
}

export interface NewUser {
  name: string
  displayName?: string
  email?: string
  password: string
  admin?: boolean
}

export type UserInput = Pick<User, 'displayName' | 'email' | 'admin' | 'disabled'>

const pathOf = (id: string) => `/users/${encodeURIComponent(id)}`

export const listUsers = (query: UserQuery, signal?: AbortSignal) => api.get<Page<User>>('/users', { ...query }, signal)
export const createUser = (input: NewUser) => api.post<User>('/users', input)
export const putUser = (id: string, input: UserInput) => api.put<User>(pathOf(id), input)
export const putUserPassword = (id: string, password: string) => api.put(`${pathOf(id)}/password`, { password })
export const deleteUser = (id: string) => api.delete(pathOf(id))
// For everybody who is signed in: names only.
export const searchUsers = (text: string, signal?: AbortSignal) =>
  api.get<{ items: UserName[] }>('/users/-/search', { text }, signal)
