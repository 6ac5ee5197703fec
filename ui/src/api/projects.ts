import type { Member, Project, Role } from './accessTypes'
import { api, type Page } from './client'

export type ProjectSort = 'name' | '-name' | 'createdAt' | '-createdAt'

export interface ProjectQuery {
  search?: string
  sort?: ProjectSort
  limit?: number
  cursor?: string
}

// `quotaBytes`: only administrators of the server may set it; null removes it.
export interface ProjectInput {
  displayName: string
  description: string
  public: boolean
  quotaBytes?: number | null
}

const pathOf = (name: string) => `/projects/${encodeURIComponent(name)}`
const memberOf = (project: string, user: string) => `${pathOf(project)}/members/${encodeURIComponent(user)}`

export const listProjects = (query: ProjectQuery, signal?: AbortSignal) =>
  api.get<Page<Project>>('/projects', { ...query }, signal)
export const getProject = (name: string, signal?: AbortSignal) => api.get<Project>(pathOf(name), {}, signal)
export const createProject = (input: ProjectInput & { name: string }) => api.post<Project>('/projects', input)
export const putProject = (name: string, input: ProjectInput) => api.put<Project>(pathOf(name), input)
export const deleteProject = (name: string) => api.delete(pathOf(name))

export const listMembers = (project: string, signal?: AbortSignal) =>
  api.get<Page<Member>>(`${pathOf(project)}/members`, {}, signal)
export const putMember = (project: string, user: string, role: Role) => api.put(memberOf(project, user), { role })
export const deleteMember = (project: string, user: string) => api.delete(memberOf(project, user))
