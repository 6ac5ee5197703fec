import { describe, expect, it } from 'vitest'
import type { Registry } from '@/api/types'
import { draftOf, draftProblems, inputOf, keepsPassword, tidyUrl, type RegistryDraft } from './registryForm'

const stored = { name: 'Lab', url: 'https://lab.example', user: 'me', hasPassword: true, tlsVerify: true } as Registry
const draft = (change: Partial<RegistryDraft> = {}) => ({ ...draftOf(), name: 'Lab', url: 'lab.example', ...change })
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'

describe('tidyUrl', () => {
  it.each([
    ['ghcr.io', 'https://ghcr.io'],
    [' https://ghcr.io/ ', 'https://ghcr.io'],
    ['localhost:5000', 'http://localhost:5000'],
    ['http://a', 'http://a'],
    ['', ''],
  ])('%s is %s', (text, url) => expect(tidyUrl(text)).toBe(url))
})

describe('draftProblems', () => {
  it('has none with a name and an address', () => expect(draftProblems(draft())).toEqual({}))
  it.each([
    [{ name: ' ' }, { name: 'nameMissing' }],
    [{ name: 'x'.repeat(101) }, { name: 'nameLong' }],
    [{ url: '' }, { url: 'urlMissing' }],
    [{ url: 'ftp://a' }, { url: 'urlScheme' }],
    [{ url: 'https://me:secret@a' }, { url: 'urlCredentials' }],
    [{ url: 'https://a/v2' }, { url: 'urlPath' }],
    [{ url: 'https://a b' }, { url: 'urlHost' }],
    [{ url: 'https://a:99999' }, { url: 'urlHost' }],
    [{ password: 'x' }, { user: 'userMissing' }],
    [{ caCertificate: 'hello' }, { caCertificate: 'caNotPem' }],
    [{ caCertificate: '-----BEGIN RSA PRIVATE KEY-----' }, { caCertificate: 'caPrivateKey' }],
    [{ caCertificate: pem.slice(0, 40) }, { caCertificate: 'caCut' }],
    [{ caCertificate: pem }, {}],
  ])('of %j are %j', (change, problems) => expect(draftProblems(draft(change))).toEqual(problems))
  it('wants a user for a stored password', () =>
    expect(draftProblems({ ...draftOf(stored), user: '' }, stored)).toEqual({ user: 'userMissing' }))
})

describe('keepsPassword', () => {
  it('keeps it for its address only', () => {
    expect(keepsPassword(draftOf(stored), stored)).toBe(true)
    expect(keepsPassword({ ...draftOf(stored), url: 'https://other.example' }, stored)).toBe(false)
    expect(keepsPassword({ ...draftOf(stored), removePassword: true }, stored)).toBe(false)
  })
})

describe('inputOf', () => {
  it('leaves out what is to stay as it is', () =>
    expect(inputOf(draftOf(stored))).toEqual({ name: 'Lab', url: 'https://lab.example', user: 'me', tlsVerify: true }))
  it('removes with null', () =>
    expect(inputOf({ ...draftOf(stored), removePassword: true, removeCaCertificate: true })).toMatchObject({
      password: null,
      caCertificate: null,
    }))
  it('sends a new password and certificate', () =>
    expect(inputOf(draft({ password: ' p ', caCertificate: pem }))).toMatchObject({
      password: ' p ',
      caCertificate: `${pem}\n`,
    }))
})
