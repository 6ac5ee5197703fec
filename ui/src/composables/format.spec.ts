import { describe, expect, it } from 'vitest'
import { duration, fileSize, relativeTime } from './format'

describe('fileSize', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [1023 * 1024, '1 MiB'],
    [152_408_412, '145 MiB'],
    [1.5 * 1024 ** 4, '1.5 TiB'],
  ])('says %d as %s', (bytes, text) => expect(fileSize(bytes, 'en')).toBe(text))
})

describe('relativeTime', () => {
  it('says the largest unit', () => {
    expect(relativeTime(-5_000, 'en')).toBe('now')
    expect(relativeTime(-125_000, 'en')).toBe('2 minutes ago')
    expect(relativeTime(-3 * 86_400_000, 'en')).toBe('3 days ago')
    expect(relativeTime(-3 * 86_400_000, 'zh-CN')).toBe('3天前')
  })
})

describe('duration', () => {
  it('says the two largest units', () => {
    expect(duration(0, 'en')).toBe('0s')
    expect(duration(0.25, 'en')).toBe('250ms')
    expect(duration(200, 'en')).toBe('3m 20s')
    expect(duration(7500, 'en')).toBe('2h 5m')
    expect(duration(7200, 'en')).toBe('2h')
  })
})
