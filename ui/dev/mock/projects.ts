import type { Account, Member, Project, ProjectRole, Role, User } from '../../src/api/accessTypes'
import type { MockAudit } from './audit'
import type { MockImages } from './images'
import type { MockPeople } from './people'
import { daysAgo } from './random'
import { answer, paged, Refusal, sorted, type Route } from './router'

type Stored = Omit<Project, 'role' | 'repositories'>

const GIB = 1024 ** 3
const samples: [name: string, change: Partial<Stored>][] = [
  ['data', { description: 'Training and evaluation of models', usedBytes: 812 * GIB, quotaBytes: 2048 * GIB }],
  ['edge', { usedBytes: 3.4 * GIB }],
  ['infra', { displayName: 'Infrastructure', public: true, usedBytes: 41 * GIB, quotaBytes: 100 * GIB }],
  ['mirror', { description: 'Copies of public images', public: true, usedBytes: 266 * GIB }],
  ['mobile', { usedBytes: 12 * GIB, quotaBytes: 20 * GIB }],
  [
    'payments',
    { displayName: 'Payments', description: 'Checkout and billing', usedBytes: 97.2 * GIB, quotaBytes: 100 * GIB },
  ],
  [
    'platform',
    {
      displayName: 'Platform',
      description:
        'What every service stands on: the gateway, sign-in, scheduling.\nAsk in #platform before you push a new repository.',
      usedBytes: 148 * GIB,
      quotaBytes: 256 * GIB,
    },
  ],
  ['search', { usedBytes: 58 * GIB, quotaBytes: 64 * GIB }],
]

export class MockProjects {
  all: Stored[]
  members = new Map<string, Member[]>()

  constructor(
    private readonly people: MockPeople,
    private readonly images: MockImages,
  ) {
    this.all = samples.map(([name, change], i) => ({
      ...this.#blank(name),
      createdAt: daysAgo(390 - i * 40),
      ...change,
    }))
    const roles: Role[] = ['admin', 'operator', 'viewer']
    for (const [i, { name }] of this.all.entries())
      this.members.set(
        name,
        people.users
          .slice(1)
          .filter((_, p) => (p + i) % 3 !== 0 || name === 'platform')
          .map((user, p) => this.#member(user, roles[(p + i) % 3]!, daysAgo(200 - p * 30 - i))),
      )
  }

  get(name = ''): Stored {
    const found = this.all.find((project) => project.name === name)
    if (!found || !this.roleIn(found)) throw new Refusal(404, 'not_found', `there is no project ${name}`)
    return found
  }

  roleIn({ name, public: open }: Stored): ProjectRole | undefined {
    const { session } = this.people
    if (session.admin) return 'admin'
    const member = this.membersOf(name).find((one) => one.name === session.user)
    return member?.role ?? (open ? 'guest' : undefined)
  }

  membersOf(name: string): Member[] {
    return this.members.get(name) ?? []
  }

  shown(project: Stored): Project {
    const repositories = this.images.repositories().filter((one) => one.name.startsWith(`${project.name}/`)).length
    return { ...project, role: this.roleIn(project), repositories }
  }

  create(body: Partial<Stored> & { name: string }): Stored {
    if (this.all.some(({ name }) => name === body.name))
      throw new Refusal(409, 'already_exists', `there is a project ${body.name} already. Choose another name.`)
    const project = { ...this.#blank(body.name), ...body, quotaBytes: body.quotaBytes ?? undefined }
    this.all.push(project)
    return project
  }

  put(name: string, user: User, role: Role): Member {
    const members = this.membersOf(name)
    const member = {
      ...this.#member(user, role),
      since: members.find((one) => one.userId === user.id)?.since ?? daysAgo(0),
    }
    this.members.set(
      name,
      [...members.filter((one) => one.userId !== user.id), member].sort((a, b) => (a.name < b.name ? -1 : 1)),
    )
    return member
  }

  membershipsOf(user: User): Account['memberships'] {
    return this.all.flatMap(({ name }) => {
      const member = this.membersOf(name).find((one) => one.userId === user.id)
      return member ? [{ project: name, role: member.role }] : []
    })
  }

  #member = (user: User, role: Role, since = daysAgo(0)): Member => ({
    userId: user.id,
    name: user.name,
    displayName: user.displayName,
    role,
    since,
  })

  #blank = (name: string): Stored => ({
    name,
    displayName: '',
    description: '',
    public: false,
    usedBytes: 0,
    createdAt: daysAgo(0),
    updatedAt: daysAgo(0),
    createdBy: 'admin',
  })
}

export function projectRoutes(projects: MockProjects, people: MockPeople, audit: MockAudit): Route[] {
  const log = (action: string, project: string, change: object = {}) =>
    audit.add({ action, resource: project, project, actor: people.me.name, ...change })
  return [
    [
      'GET',
      '/projects',
      ({ query }) => {
        const text = (query.get('search') ?? '').toLowerCase()
        const found = projects.all.filter(
          (one) => projects.roleIn(one) && `${one.name} ${one.displayName}`.toLowerCase().includes(text),
        )
        const keys = { name: (p: Stored) => p.name, createdAt: (p: Stored) => p.createdAt }
        const page = paged(sorted(found, query.get('sort'), keys), query)
        return { ...page, items: page.items.map((one) => projects.shown(one)) }
      },
    ],
    [
      'POST',
      '/projects',
      ({ body }) => {
        const project = projects.create(body as Stored)
        log('project.create', project.name, { after: body })
        return answer({ status: 201, body: projects.shown(project) })
      },
    ],
    ['GET', '/projects/{project}', ({ parameters }) => projects.shown(projects.get(parameters.project))],
    [
      'PUT',
      '/projects/{project}',
      ({ parameters, body }) => {
        const project = projects.get(parameters.project)
        const before = { ...project }
        Object.assign(project, body)
        if (project.quotaBytes === null) delete project.quotaBytes
        log('project.update', project.name, { before, after: { ...project } })
        return projects.shown(project)
      },
    ],
    [
      'DELETE',
      '/projects/{project}',
      ({ parameters }) => {
        const project = projects.get(parameters.project)
        const { repositories } = projects.shown(project)
        if (repositories)
          throw new Refusal(
            409,
            'conflict',
            `${project.name} still has ${repositories} repositories. Delete them first, then the project.`,
          )
        projects.all = projects.all.filter((one) => one !== project)
        log('project.delete', project.name)
      },
    ],
    [
      'GET',
      '/projects/{project}/members',
      ({ parameters, query }) => paged(projects.membersOf(projects.get(parameters.project).name), query),
    ],
    [
      'PUT',
      '/projects/{project}/members/{user}',
      ({ parameters, body }) => {
        const { name } = projects.get(parameters.project)
        const member = projects.put(name, people.get(parameters.user), (body as { role: Role }).role)
        log('member.put', name, { resource: `${name}/${member.name}`, after: { role: member.role } })
        return member
      },
    ],
    [
      'DELETE',
      '/projects/{project}/members/{user}',
      ({ parameters }) => {
        const { name } = projects.get(parameters.project)
        projects.members.set(
          name,
          projects.membersOf(name).filter((one) => one.userId !== parameters.user),
        )
        log('member.delete', name, { resource: `${name}/${people.get(parameters.user).name}` })
      },
    ],
  ]
}
