import { describe, expect, it } from 'vitest'
import { formattedJson, jsonTokens } from './jsonTokens'

describe('JSON tokens', () => {
  const json = '{"a\\"b": "c: 1", "n": [-1.5e3, true, null]}'

  it('lose nothing', () => {
    const joined = jsonTokens(json).map((token) => token.text)
    expect(joined.join('')).toBe(json)
  })

  it('tell keys, texts, numbers and words apart', () => {
    const kinds = jsonTokens(json).filter((token) => token.kind !== 'rest')
    expect(kinds).toEqual([
      { kind: 'key', text: '"a\\"b"' },
      { kind: 'text', text: '"c: 1"' },
      { kind: 'key', text: '"n"' },
      { kind: 'number', text: '-1.5e3' },
      { kind: 'word', text: 'true' },
      { kind: 'word', text: 'null' },
    ])
  })

  it('leave what is no JSON as it is', () => {
    expect(formattedJson('not json')).toBe('not json')
    expect(formattedJson('{"a":1}')).toBe('{\n  "a": 1\n}')
  })
})
