import type { Project } from '@/api/accessTypes'

// Pure: what somebody may do in a project. The server decides; this hides what it would refuse.

type Membership = Pick<Project, 'role'> | undefined

// team/app belongs to team, app to app.
export const projectOf = (repository: string): string => repository.split('/')[0] ?? ''

// `admin`: of the server.
export const mayManage = (project: Membership, admin: boolean): boolean => admin || project?.role === 'admin'

export const isMember = (project: Membership, admin: boolean): boolean =>
  admin || (project?.role !== undefined && project.role !== 'guest')
