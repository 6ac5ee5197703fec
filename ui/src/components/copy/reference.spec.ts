import { describe, expect, it } from 'vitest'
import {
  isRegistryHost,
  nameOf,
  parseAtRegistry,
  parseInWarehouse,
  parsePlace,
  parseReference,
  placeOf,
} from './reference'

const digest = `sha256:${'a'.repeat(64)}`

describe('parseReference', () => {
  it.each([
    ['nginx', { registry: '', repository: 'nginx' }],
    ['  team/app:1.2 ', { registry: '', repository: 'team/app', tag: '1.2' }],
    ['ghcr.io/a/b:v1', { registry: 'ghcr.io', repository: 'a/b', tag: 'v1' }],
    ['localhost/a', { registry: 'localhost', repository: 'a' }],
    ['localhost:5000/a:b', { registry: 'localhost:5000', repository: 'a', tag: 'b' }],
    ['[::1]:5000/a', { registry: '[::1]:5000', repository: 'a' }],
    [`a/b:c@${digest}`, { registry: '', repository: 'a/b', tag: 'c', digest }],
    ['a__b/c---d.e_f', { registry: '', repository: 'a__b/c---d.e_f' }],
  ])('reads %s', (text, reference) => expect(parseReference(text)).toEqual({ reference }))

  it.each([
    ['', 'empty'],
    ['https://ghcr.io/a', 'scheme'],
    ['user:secret@ghcr.io/a', 'credentials'],
    ['a@sha256:12', 'digest'],
    ['bad_host.example/a', 'registry'],
    ['host:99999/a', 'registry'],
    ['a:', 'tagMissing'],
    ['a:-x', 'tag'],
    [`a:${'x'.repeat(129)}`, 'tag'],
    [':1', 'repositoryMissing'],
    ['Team/app', 'upperCase'],
    ['a//b', 'repository'],
    ['a___b', 'repository'],
    ['a/', 'repository'],
    ['a/b'.repeat(90), 'tooLong'],
  ])('refuses %s: %s', (text, problem) => expect(parseReference(text)).toEqual({ problem }))
})

describe('parseAtRegistry', () => {
  it("knows Docker's short names", () =>
    expect(parseAtRegistry('nginx', 'docker.io').reference).toEqual({
      registry: 'docker.io',
      repository: 'library/nginx',
      tag: 'latest',
    }))
  it('takes the registry in front of the name', () =>
    expect(parseAtRegistry('docker://ghcr.io/a/b:1', '').reference).toMatchObject({ registry: 'ghcr.io' }))
  it('wants a registry when none is chosen', () => expect(parseAtRegistry('a/b', '').problem).toBe('registryMissing'))
  it('does not let the name speak of another registry', () =>
    expect(parseAtRegistry('quay.io/a', 'ghcr.io').problem).toBe('registryUnwanted'))
  it('does not take an image ID for a name', () =>
    expect(parseAtRegistry('a'.repeat(64), 'docker.io').problem).toBe('repository'))
})

describe('parseInWarehouse', () => {
  it('means the tag latest without one', () => expect(parseInWarehouse('a').reference?.tag).toBe('latest'))
  it('keeps a digest alone', () =>
    expect(parseInWarehouse(`a@${digest}`).reference).toEqual({ registry: '', repository: 'a', digest }))
  it('has no registry', () => expect(parseInWarehouse('ghcr.io/a').problem).toBe('registryUnwanted'))
})

describe('placeOf', () => {
  it.each(['docker://ghcr.io/a/b:1', 'a/b:1', `a@${digest}`])('is the reverse of parsePlace: %s', (place) => {
    const { reference } = parsePlace(place)
    expect(reference && placeOf(reference)).toBe(place)
  })
  it('leaves the registry out of the name', () =>
    expect(nameOf({ registry: 'ghcr.io', repository: 'a', tag: '1' })).toBe('a:1'))
})

describe('isRegistryHost', () => {
  it.each(['ghcr.io', 'localhost:5000', 'registry', '[fe80::1]:443'])('takes %s', (host) =>
    expect(isRegistryHost(host)).toBe(true),
  )
  it.each(['', 'a b', '-a.example', 'a..b', 'a:70000', 'a/b'])('refuses %s', (host) =>
    expect(isRegistryHost(host)).toBe(false),
  )
})
