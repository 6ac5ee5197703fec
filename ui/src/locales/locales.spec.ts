import { describe, expect, it } from 'vitest'
import { messages as english } from './en'
import { messages as chinese } from './zh-CN'
import type { Texts } from './collect'

function flatten(texts: Texts, prefix = ''): Map<string, string> {
  const all = new Map<string, string>()
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') all.set(prefix + key, value)
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) all.set(inner, text)
  }
  return all
}

const en = flatten(english)
const zh = flatten(chinese)
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
const sources = import.meta.glob<string>(['../**/*.vue', '../**/*.ts', '!../**/*.spec.ts'], {
  eager: true,
  query: '?raw',
  import: 'default',
})

describe('locales', () => {
  it('have the same keys in every language', () => {
    expect([...zh.keys()].sort()).toEqual([...en.keys()].sort())
  })

  it('leave no text empty', () => {
    for (const [key, text] of [...en, ...zh]) expect(text, key).not.toBe('')
  })

  it('use the same placeholders in every language', () => {
    for (const [key, text] of en) expect(placeholders(zh.get(key) ?? ''), key).toEqual(placeholders(text))
  })

  it('have every key that the source names', () => {
    const missing: string[] = []
    for (const [path, source] of Object.entries(sources))
      for (const [, key] of source.matchAll(/(?:\bt\(|keypath=)\s*['"]([\w.-]+\.[\w.-]+)['"]/g))
        if (key && !en.has(key)) missing.push(`${path}: ${key}`)
    expect(missing).toEqual([])
  })
})
