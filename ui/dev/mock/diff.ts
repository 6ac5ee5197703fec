import type { ImageDiff } from '../../src/api/types'
import { detailOf, type MockImages } from './images'
import { digestOf } from './random'
import { Refusal, type Route } from './router'

// What changed between two tags: nothing when they are of one image, else a little of everything.
export function diffRoute(images: MockImages): Route {
  const named = (text: string) => {
    const colon = text.lastIndexOf(':')
    return images.find(text.slice(0, colon), text.slice(colon + 1))
  }
  return [
    'GET',
    '/diff',
    ({ query }): ImageDiff => {
      const [from, to] = [named(query.get('from') ?? ''), named(query.get('to') ?? '')]
      const platform = query.get('platform')
      if (platform && !to.platforms.includes(platform))
        throw new Refusal(
          404,
          'not_found',
          `${query.get('to')} is not built for ${platform}, only for [${to.platforms.join(', ')}]`,
        )
      const layers = detailOf({ ...to, mediaType: 'image' }, to.tag).layers ?? []
      if (from.digest === to.digest)
        return { equal: true, fields: [], shared: layers, removed: [], added: [], sizeDifference: 0 }
      return {
        equal: false,
        fields: [
          { field: 'created', before: from.updatedAt, after: to.updatedAt },
          { field: 'entrypoint', before: '[/usr/bin/service]', after: '[/usr/local/bin/service]' },
          { field: 'env PORT', before: '8000', after: '8080' },
          { field: 'env LOG_LEVEL', before: null, after: 'info' },
          { field: 'label maintainer', before: 'platform@example.com', after: null },
          { field: 'port 8080/tcp', before: null, after: 'exposed' },
        ],
        shared: layers.slice(0, 2),
        removed: [{ digest: digestOf(`${from.digest} gone`), mediaType: 'layer', size: 38_400_000 }],
        added: layers.slice(2),
        sizeDifference: to.size - from.size,
      }
    },
  ]
}
