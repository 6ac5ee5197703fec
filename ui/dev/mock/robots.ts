import type { Robot } from '../../src/api/accessTypes'
import type { MockAudit } from './audit'
import type { MockPeople } from './people'
import { daysAgo, digestOf } from './random'
import { answer, paged, Refusal, type Handle, type Route } from './router'

const push = ['image.pull', 'image.push']

export function robotRoutes(people: MockPeople, audit: MockAudit): Route[] {
  let last = 0
  let secrets = 0
  const make = (name: string, project: string | undefined, change: Partial<Robot> = {}): Robot => ({
    id: `b${++last}`,
    name: project ? `robot$${project}+${name}` : `robot$${name}`,
    project,
    description: '',
    scopes: project ? [{ project, permissions: push }] : [],
    disabled: false,
    createdAt: daysAgo(0),
    createdBy: 'admin',
    ...change,
  })
  let robots = [
    make('ci', 'platform', { description: 'GitLab runners', lastUsedAt: daysAgo(0.01), expiresAt: daysAgo(-60) }),
    make('deploy', 'platform', {
      description: 'Clusters pull with it',
      scopes: [{ project: 'platform', permissions: ['image.pull'] }],
      lastUsedAt: daysAgo(0.3),
    }),
    make('release', 'platform', {
      scopes: [{ project: 'platform', permissions: ['image.pull', 'image.push', 'image.delete'] }],
      expiresAt: daysAgo(-6),
      disabled: true,
    }),
    make('mirror', undefined, {
      description: 'Copies public images every night',
      scopes: [
        { project: '*', permissions: ['image.pull'] },
        { project: 'mirror', permissions: push },
      ],
      lastUsedAt: daysAgo(0.4),
    }),
    make('scanner', undefined, {
      scopes: [{ project: '*', permissions: ['image.pull'] }],
      expiresAt: daysAgo(3),
      lastUsedAt: daysAgo(3.1),
    }),
  ]
  const get = (id = '') => {
    const found = robots.find((robot) => robot.id === id)
    if (!found) throw new Refusal(404, 'not_found', `there is no robot ${id}`)
    return found
  }
  const secret = () => `cang_robot_${digestOf(`secret ${++secrets}`).slice(7, 50)}`
  const log = (action: string, robot: Robot, change: object = {}) =>
    audit.add({ action, resource: robot.name, project: robot.project, actor: people.me.name, ...change })
  const list: Handle = ({ parameters, query }) =>
    paged(
      robots.filter((robot) => robot.project === parameters.project),
      query,
    )
  const create: Handle = ({ parameters, body }) => {
    const { name, ...rest } = body as Robot
    const robot = make(name, parameters.project, { ...rest, createdBy: people.me.name })
    if (robots.some((one) => one.name === robot.name))
      throw new Refusal(409, 'already_exists', `there is a robot ${robot.name} already. Choose another name.`)
    robots = [...robots, robot]
    log('robot.create', robot, { after: { name: robot.name, scopes: robot.scopes } })
    return answer({ status: 201, body: { ...robot, secret: secret() } })
  }
  const put: Handle = ({ parameters, body }) => {
    const robot = get(parameters.id)
    const before = { disabled: robot.disabled, description: robot.description, scopes: robot.scopes }
    Object.assign(robot, body)
    robot.expiresAt ??= undefined
    log('robot.update', robot, { before, after: body as object })
    return robot
  }
  const rotate: Handle = ({ parameters }) => {
    log('robot.secret', get(parameters.id))
    return { secret: secret() }
  }
  const remove: Handle = ({ parameters }) => {
    const robot = get(parameters.id)
    robots = robots.filter((one) => one !== robot)
    log('robot.delete', robot)
  }
  return ['', '/projects/{project}'].flatMap((place): Route[] => [
    ['GET', `${place}/robots`, list],
    ['POST', `${place}/robots`, create],
    ['PUT', `${place}/robots/{id}`, put],
    ['POST', `${place}/robots/{id}/secret`, rotate],
    ['DELETE', `${place}/robots/{id}`, remove],
  ])
}
