import { describe, expect, it } from 'vitest'
import { namedVariable, shellWords } from './configWords'

describe('words of a command', () => {
  it('are quoted where a shell would take them apart', () => {
    expect(shellWords(['sh', '-c', "echo 'a b'; exit", ''])).toBe(`sh -c 'echo '\\''a b'\\''; exit' ''`)
    expect(shellWords(['/usr/bin/app', '--port=80'])).toBe('/usr/bin/app --port=80')
  })
})

describe('a variable', () => {
  it('has everything behind the first = as its value', () => {
    expect(namedVariable('OPTS=-Da=b')).toEqual(['OPTS', '-Da=b'])
    expect(namedVariable('EMPTY')).toEqual(['EMPTY', ''])
  })
})
