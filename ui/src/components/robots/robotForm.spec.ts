import { describe, expect, it } from 'vitest'
import type { Robot } from '@/api/accessTypes'
import { draftOf, draftProblems, inputOf, newRobotOf, prefixOf, switchedInput } from './robotForm'

const now = Date.parse('2026-03-01T12:00:00Z')
const robot: Robot = {
  id: '1',
  name: 'robot$team+ci',
  project: 'team',
  description: 'builds',
  scopes: [{ project: 'team', permissions: ['image.pull', 'image.push'] }],
  disabled: false,
  createdAt: '2026-01-01T00:00:00Z',
  expiresAt: '2026-05-01T08:30:00Z',
  createdBy: 'mei',
}

describe('a new robot', () => {
  it('pulls from its project for 90 days unless told otherwise', () => {
    const draft = { ...draftOf(undefined, 'team'), name: ' ci ' }
    expect(draftProblems(draft, now)).toEqual({})
    expect(newRobotOf(draft, now)).toEqual({
      name: 'ci',
      description: '',
      expiresAt: '2026-05-30T12:00:00.000Z',
      scopes: [{ project: 'team', permissions: ['image.pull'] }],
    })
  })
  it('wants a name and a project', () =>
    expect(draftProblems(draftOf(), now)).toEqual({
      name: 'robots.problem.name',
      scopes: 'access.scope.problem.noProject',
    }))
  it('leaves out an end that it does not have', () =>
    expect(newRobotOf({ ...draftOf(undefined, 'team'), expiry: { choice: 'never', day: '' } }, now)).toMatchObject({
      expiresAt: undefined,
    }))
  it('has a prefix', () => {
    expect(prefixOf('team')).toBe('robot$team+')
    expect(prefixOf()).toBe('robot$')
  })
})

describe('a robot that is there', () => {
  it('keeps the moment it ends when its day stays', () =>
    expect(inputOf({ ...draftOf(robot), description: 'x' }, robot, now)).toEqual({
      description: 'x',
      disabled: false,
      expiresAt: robot.expiresAt,
      scopes: robot.scopes,
    }))
  it('loses its end with null', () =>
    expect(inputOf({ ...draftOf(robot), expiry: { choice: 'never', day: '' } }, robot, now).expiresAt).toBeNull())
  it('is switched off as it is', () =>
    expect(switchedInput(robot)).toMatchObject({ disabled: true, scopes: robot.scopes }))
  it('may keep the name it has', () => expect(draftProblems(draftOf(robot), now, robot)).toEqual({}))
})
