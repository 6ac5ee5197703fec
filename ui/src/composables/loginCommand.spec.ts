import { describe, expect, it } from 'vitest'
import { loginCommand } from './loginCommand'

describe('loginCommand', () => {
  it.each([
    ['mei', 'docker login cang.example:5000 -u mei'],
    ['robot$team+ci', "docker login cang.example:5000 -u 'robot$team+ci'"],
    ['', 'docker login cang.example:5000'],
  ])('for “%s” is %s', (user, command) => expect(loginCommand('cang.example:5000', user)).toBe(command))
})
