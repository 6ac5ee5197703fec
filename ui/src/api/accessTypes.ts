// The documents of /api/v1 about who may do what.

export type Role = 'admin' | 'operator' | 'viewer'
// What somebody is in a project: a member, or everybody on a public one.
export type ProjectRole = Role | 'guest'

export interface User {
  id: string
  name: string
  displayName: string
  email: string
  admin: boolean
  disabled: boolean
  origin: 'local' | 'oidc'
  createdAt: string
  updatedAt: string
  lastLoginAt?: string
  projects: number
}

export interface UserName {
  id: string
  name: string
  displayName: string
}

export interface Account extends User {
  memberships: { project: string; role: Role }[]
}

export interface AccountSession {
  id: string
  createdAt: string
  expiresAt: string
  address: string
  userAgent: string
  current: boolean
}

// `project` "*" is every project.
export interface Scope {
  project: string
  permissions: string[]
}

export interface ApiToken {
  id: string
  name: string
  // None: all that its owner may.
  scopes: Scope[]
  createdAt: string
  expiresAt?: string
  lastUsedAt?: string
}

export interface Project {
  name: string
  displayName: string
  description: string
  public: boolean
  role?: ProjectRole
  quotaBytes?: number
  usedBytes: number
  repositories: number
  createdAt: string
  updatedAt: string
  createdBy: string
}

export interface Member {
  userId: string
  name: string
  displayName: string
  role: Role
  since: string
}

export interface Robot {
  id: string
  // robot$team+ci, or robot$ci of the server.
  name: string
  project?: string
  description: string
  scopes: Scope[]
  disabled: boolean
  createdAt: string
  expiresAt?: string
  lastUsedAt?: string
  createdBy: string
}

export type AuditResult = 'ok' | 'denied' | 'failed'

export interface AuditEvent {
  id: number
  at: string
  actor: string
  via: string
  address: string
  requestId: string
  action: string
  resource: string
  project?: string
  result: AuditResult
  message?: string
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}

export interface Permission {
  name: string
  scope: 'server' | 'project'
  description: string
  guest: boolean
  viewer: boolean
  operator: boolean
  projectAdmin: boolean
  anonymous: boolean
  signedIn: boolean
}

export interface Setting {
  key: string
  value: unknown
  source: 'default' | 'file' | 'environment' | 'flag'
  reloadable: boolean
  description: string
}
