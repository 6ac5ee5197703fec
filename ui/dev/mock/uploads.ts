import type { Upload } from '../../src/api/types'
import { answer, Refusal, type Route } from './router'

export function uploadRoutes(): Route[] {
  const uploads = new Map<string, Upload>()
  const get = (id = '') => {
    const found = uploads.get(id)
    if (!found) throw new Refusal(404, 'not_found', `there is no upload ${id}`)
    return found
  }
  return [
    [
      'POST',
      '/uploads',
      ({ body, bytes }) => {
        const { name = 'archive.tar', size = bytes.length } = (body ?? {}) as { name?: string; size?: number }
        const id = `u${uploads.size + 1}`
        const offset = body ? 0 : size
        const now = Date.now()
        const upload: Upload = {
          id,
          name,
          size,
          offset,
          createdAt: new Date(now).toISOString(),
          expiresAt: new Date(now + 86_400_000).toISOString(),
          complete: !body,
        }
        uploads.set(id, upload)
        return answer({ status: 201, body: upload, headers: { Location: `/api/v1/uploads/${id}` } })
      },
    ],
    ['GET', '/uploads/{id}', ({ parameters }) => get(parameters.id)],
    [
      'PATCH',
      '/uploads/{id}',
      ({ parameters, request, bytes }) => {
        const upload = get(parameters.id)
        const right = { 'Upload-Offset': String(upload.offset) }
        if (Number(request.headers['upload-offset']) !== upload.offset)
          return answer({
            status: 409,
            headers: right,
            body: { kind: 'conflict', detail: `the upload is at byte ${upload.offset}` },
          })
        upload.offset += bytes.length
        upload.complete = upload.offset === upload.size
        return answer({ status: 204, headers: { 'Upload-Offset': String(upload.offset) } })
      },
    ],
    ['DELETE', '/uploads/{id}', ({ parameters }) => void uploads.delete(get(parameters.id).id)],
    [
      'GET',
      '/uploads/{id}/images',
      ({ parameters }) => ({
        format: get(parameters.id).name.includes('oci') ? 'oci-archive' : 'docker-archive',
        items: [
          { name: 'team/api:1.4.0', platforms: ['linux/amd64'], size: 84_200_000 },
          { name: 'team/web:1.4.0', platforms: ['linux/amd64', 'linux/arm64'], size: 42_900_000 },
        ],
      }),
    ],
    [
      'GET',
      '/exports/{operation}/archive',
      () =>
        answer({
          raw: 'archive',
          headers: { 'Content-Type': 'application/x-tar', 'Content-Disposition': 'attachment; filename="images.tar"' },
        }),
    ],
    ['DELETE', '/exports/{operation}', () => undefined],
  ]
}
