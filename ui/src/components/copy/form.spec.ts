import { describe, expect, it } from 'vitest'
import {
  formOf,
  isReady,
  nameForArchived,
  problemsOf,
  requestsOf,
  rowsOf,
  sentenceOf,
  suggestedTarget,
  type CopyForm,
} from './form'

const digest = `sha256:${'0'.repeat(64)}`
const hosts = ['docker.io', 'ghcr.io']
const filled = (change: Partial<CopyForm>): CopyForm => ({ ...formOf({}, hosts), ...change })

describe('formOf', () => {
  it('knows the stored registry of a place', () =>
    expect(formOf({ source: 'docker://ghcr.io/a/b:1' }, hosts)).toMatchObject({
      sourceKind: 'registry',
      sourceRegistry: 'ghcr.io',
      sourceName: 'a/b:1',
      targetKind: 'warehouse',
    }))
  it('keeps a registry that is not stored in the name', () =>
    expect(formOf({ source: 'docker://quay.io/a:1' }, hosts)).toMatchObject({
      sourceRegistry: '',
      sourceName: 'quay.io/a:1',
    }))
  it('copies from here to a registry', () =>
    expect(formOf({ source: 'a:1' }, hosts)).toMatchObject({
      sourceKind: 'warehouse',
      sourceName: 'a:1',
      targetKind: 'registry',
    }))
  it('offers a download when that was asked for', () =>
    expect(formOf({ source: 'a:1', to: 'download' }, hosts).targetKind).toBe('download'))
  it('uploads a file that was dropped', () =>
    expect(formOf({ file: new File([], 'a.tar') }, hosts)).toMatchObject({
      sourceKind: 'archive',
      targetKind: 'warehouse',
    }))
  it('takes a target as given', () =>
    expect(formOf({ target: 'x:1' }, hosts)).toMatchObject({ targetName: 'x:1', targetTouched: true }))
})

describe('suggestedTarget', () => {
  it('is the same name', () =>
    expect(suggestedTarget(filled({ sourceRegistry: 'docker.io', sourceName: 'nginx:1.25' }))).toBe(
      'library/nginx:1.25',
    ))
  it('gives an image without a tag one', () =>
    expect(suggestedTarget(filled({ sourceKind: 'warehouse', sourceName: `a@sha256:${'0'.repeat(64)}` }))).toBe(
      'a:latest',
    ))
  it('waits for a source', () => expect(suggestedTarget(filled({ sourceName: 'A' }))).toBe(''))
})

describe('problemsOf', () => {
  it('says what is wrong with either side', () =>
    expect(problemsOf(filled({ sourceName: 'A', targetName: 'b:' }))).toEqual({
      source: 'upperCase',
      target: 'tagMissing',
    }))
  it('refuses to copy an image onto itself', () =>
    expect(
      problemsOf(filled({ sourceKind: 'warehouse', sourceName: 'a', targetKind: 'warehouse', targetName: 'a:latest' })),
    ).toMatchObject({ target: 'same' }))
  it('gives no digest to a target', () =>
    expect(problemsOf(filled({ sourceName: 'a', targetName: `a@sha256:${'0'.repeat(64)}` })).target).toBe(
      'digestUnwanted',
    ))
  it('needs no target for a download', () =>
    expect(problemsOf(filled({ sourceName: 'a', targetKind: 'download' }))).toEqual({}))
  it('wants every chosen image of an archive to have a name', () => {
    const rows = [
      { name: '', platforms: [], size: 1, chosen: true, as: '' },
      { name: 'b', platforms: [], size: 1, chosen: false, as: '' },
    ]
    const form = filled({ sourceKind: 'archive', upload: 'u', rows })
    expect(problemsOf(form)).toEqual({ rows: 'names' })
    expect(problemsOf({ ...form, rows: [{ ...rows[0]!, as: 'a:1' }, rows[1]!] })).toEqual({})
    expect(problemsOf({ ...form, rows: [rows[1]!] })).toEqual({ rows: 'noneChosen' })
    expect(problemsOf({ ...form, rows: [] })).toEqual({ rows: 'notReady' })
  })
})

describe('nameForArchived', () => {
  it.each([
    ['nginx:1.25', 'nginx:1.25'],
    ['docker.io/library/nginx:1.25', 'library/nginx:1.25'],
    ['ghcr.io/a/b', 'a/b:latest'],
    ['', ''],
  ])('%s becomes %s', (name, as) => expect(nameForArchived(name, 'docker-archive')).toBe(as))
  it.each(['v1', digest])('has no name for %s of an oci-archive', (name) =>
    expect(nameForArchived(name, 'oci-archive')).toBe(''),
  )
})

describe('requestsOf', () => {
  const source = { sourceRegistry: 'docker.io', sourceName: 'nginx:1.25' }

  it('copies', () =>
    expect(requestsOf(filled({ ...source, targetName: 'mirror/nginx:1.25', platforms: ['linux/amd64'] }))).toEqual([
      {
        kind: 'copy',
        input: {
          source: 'docker://docker.io/library/nginx:1.25',
          target: 'mirror/nginx:1.25',
          platforms: ['linux/amd64'],
        },
      },
    ]))

  it('exports', () =>
    expect(requestsOf(filled({ ...source, targetKind: 'download', format: 'docker-archive' }))).toEqual([
      { kind: 'export', input: { images: ['docker://docker.io/library/nginx:1.25'], format: 'docker-archive' } },
    ]))

  it('imports the chosen images of an archive at once', () => {
    const rows = rowsOf({
      format: 'docker-archive',
      items: [
        { name: 'docker.io/library/a:1', platforms: [], size: 1 },
        { name: 'docker.io/library/b:1', platforms: [], size: 1 },
      ],
    })
    const form = filled({ sourceKind: 'archive', upload: 'u', rows: [rows[0]!, { ...rows[1]!, as: 'team/b:2' }] })
    expect(requestsOf(form)).toEqual([
      {
        kind: 'import',
        input: {
          upload: 'u',
          images: [
            { name: 'docker.io/library/a:1', as: 'library/a:1' },
            { name: 'docker.io/library/b:1', as: 'team/b:2' },
          ],
          compression: 'gzip',
        },
      },
    ])
  })

  it('copies each image of an archive to a registry', () => {
    const rows = [
      { name: 'a:1', platforms: [], size: 1, chosen: true, as: 'x/a:1' },
      { name: '', platforms: [], size: 1, chosen: true, as: 'x/b:1' },
    ]
    const form = filled({ sourceKind: 'archive', upload: 'u', rows, targetKind: 'registry', targetRegistry: 'ghcr.io' })
    expect(requestsOf(form).map(({ input }) => input)).toEqual([
      { source: 'upload:u:a:1', target: 'docker://ghcr.io/x/a:1', compression: 'gzip' },
      { source: 'upload:u', target: 'docker://ghcr.io/x/b:1', compression: 'gzip' },
    ])
  })
})

describe('sentenceOf', () => {
  it('says nothing about a form that is not ready', () => {
    const form = filled({})
    expect(isReady(form)).toBe(false)
    expect(sentenceOf(form)).toBeUndefined()
  })
  it('names both sides', () =>
    expect(
      sentenceOf(filled({ sourceRegistry: 'docker.io', sourceName: 'nginx:1.25', targetName: 'mirror/nginx:1.25' })),
    ).toMatchObject({
      key: 'copy.sentence.registry.warehouse',
      values: { image: 'library/nginx:1.25', registry: 'docker.io', target: 'mirror/nginx:1.25' },
    }))
})
