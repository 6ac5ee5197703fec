import type { Robot, Scope } from './accessTypes'
import { api, type Page } from './client'

// Robots of `project`, or without it those of the server.

export interface RobotInput {
  description: string
  disabled: boolean
  // null: for ever.
  expiresAt?: string | null
  scopes: Scope[]
}

export interface NewRobot extends Omit<RobotInput, 'disabled'> {
  name: string
}

const listOf = (project?: string) => (project ? `/projects/${encodeURIComponent(project)}/robots` : '/robots')
const pathOf = ({ id, project }: Robot) => `${listOf(project)}/${encodeURIComponent(id)}`

export const listRobots = (project?: string, signal?: AbortSignal) =>
  api.get<Page<Robot>>(listOf(project), { limit: 500 }, signal)
// `secret` is told this once.
export const createRobot = (input: NewRobot, project?: string) =>
  api.post<Robot & { secret: string }>(listOf(project), input)
export const putRobot = (robot: Robot, input: RobotInput) => api.put<Robot>(pathOf(robot), input)
// The secret before it is worth nothing from now on.
export const rotateRobot = (robot: Robot) => api.post<{ secret: string }>(`${pathOf(robot)}/secret`)
export const deleteRobot = (robot: Robot) => api.delete(pathOf(robot))
