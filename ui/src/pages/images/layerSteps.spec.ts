import { describe, expect, it } from 'vitest'
import type { Layer } from '@/api/types'
import { brokenAtAnds, dockerfileLine, layerSteps } from './layerSteps'

const layer = (size: number): Layer => ({ digest: `sha256:${size}`, mediaType: 'layer', size })

describe('lines of a Dockerfile', () => {
  it.each([
    ['/bin/sh -c #(nop)  CMD ["sh"]', 'CMD ["sh"]'],
    ['/bin/sh -c #(nop) ADD file:abc in / ', 'ADD file:abc in /'],
    ['/bin/sh -c apt-get update', 'RUN apt-get update'],
    ['RUN /bin/sh -c make install # buildkit', 'RUN make install'],
    ['RUN |2 A=1 B=two words /bin/sh -c make # buildkit', 'RUN make'],
    ['|1 A=1 /bin/sh -c make', 'RUN make'],
    ['COPY /app /app # buildkit', 'COPY /app /app'],
    ['WORKDIR /app', 'WORKDIR /app'],
  ])('%s', (written, line) => expect(dockerfileLine(written)).toBe(line))

  it('break where the next command begins', () => {
    expect(brokenAtAnds('RUN a && b; c')).toBe('RUN a\n    && b; c')
    expect(brokenAtAnds('RUN a || b')).toBe('RUN a\n    || b')
  })
})

describe('steps', () => {
  it('go by the numbers that the server gave', () => {
    const steps = layerSteps({
      layers: [layer(300), layer(100)],
      history: [
        { createdBy: 'ADD', emptyLayer: false, layer: 0 },
        { createdBy: 'ENV A=1', emptyLayer: true },
        { createdBy: 'COPY', emptyLayer: false, layer: 1 },
      ],
    })
    expect(steps.map((it) => [it.command, it.number])).toEqual([
      ['ADD', 1],
      ['ENV A=1', undefined],
      ['COPY', 2],
    ])
  })

  it('count the layers when the server gave no numbers', () => {
    const steps = layerSteps({
      layers: [layer(3), layer(1)],
      history: [{ emptyLayer: false }, { emptyLayer: true }, { emptyLayer: false }],
    })
    expect(steps.map((it) => it.layer?.size)).toEqual([3, undefined, 1])
  })

  it('are the layers alone when the history tells of other ones', () => {
    const steps = layerSteps({ layers: [layer(3), layer(1)], history: [{ createdBy: 'ADD', emptyLayer: false }] })
    expect(steps.map((it) => [it.number, it.command])).toEqual([
      [1, undefined],
      [2, undefined],
    ])
  })

  it('measure each layer against all and against the largest', () => {
    const steps = layerSteps({ layers: [layer(300), layer(100)] })
    expect(steps.map((it) => it.part)).toEqual([0.75, 0.25])
    expect(steps.map((it) => it.width)).toEqual([1, 1 / 3])
  })

  it('divide nothing by nothing', () => {
    expect(layerSteps({ layers: [layer(0)] })[0]).toMatchObject({ part: 0, width: 0 })
    expect(layerSteps({})).toEqual([])
  })
})
