import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { run } from './process'

// Images made here, so that no test needs a network.

interface Descriptor {
  mediaType: string
  digest: string
  size: number
  platform?: { os: string; architecture: string }
}

const TYPE = 'application/vnd.oci.image'

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`
}

// One file in a ustar archive.
export function tarOf(name: string, bytes: Buffer): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(bytes.length, 12) + octal(0, 12), 100)
  header.write(' '.repeat(8), 148)
  header.write('0ustar\x0000', 156)
  header.write(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    ),
    148,
  )
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512), Buffer.alloc(1024)])
}

export interface ImageOptions {
  // Bytes of each layer; they cannot be compressed.
  layers?: number[]
  platforms?: string[]
}

// Writes an OCI layout with one image, tagged "image".
export function writeLayout(
  directory: string,
  { layers = [2000], platforms = ['linux/amd64'] }: ImageOptions = {},
): void {
  const blobs = join(directory, 'blobs', 'sha256')
  mkdirSync(blobs, { recursive: true })
  const put = (mediaType: string, bytes: Buffer): Descriptor => {
    const hex = createHash('sha256').update(bytes).digest('hex')
    writeFileSync(join(blobs, hex), bytes)
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length }
  }
  const json = (mediaType: string, value: object) => put(mediaType, Buffer.from(JSON.stringify(value)))
  const manifests = platforms.map((platform) => {
    const [os = '', architecture = ''] = platform.split('/')
    const tars = layers.map((size, index) => tarOf(`file-${index}`, randomBytes(size)))
    const config = json(`${TYPE}.config.v1+json`, {
      os,
      architecture,
      created: '2026-01-02T03:04:05Z',
      config: { Cmd: ['/bin/serve', '--port', '8080'], Env: ['PATH=/bin'], Labels: { 'org.example.team': 'harbour' } },
      rootfs: {
        type: 'layers',
        diff_ids: tars.map((tar) => `sha256:${createHash('sha256').update(tar).digest('hex')}`),
      },
      history: tars.map((_, index) => ({ created: '2026-01-02T03:04:05Z', created_by: `COPY file-${index} /` })),
    })
    const packed = tars.map((tar) => put(`${TYPE}.layer.v1.tar+gzip`, gzipSync(tar, { level: 1 })))
    const mediaType = `${TYPE}.manifest.v1+json`
    return {
      ...json(mediaType, { schemaVersion: 2, mediaType, config, layers: packed }),
      platform: { os, architecture },
    }
  })
  const index = `${TYPE}.index.v1+json`
  const root = manifests.length === 1 ? manifests[0]! : json(index, { schemaVersion: 2, mediaType: index, manifests })
  const named = { ...root, annotations: { 'org.opencontainers.image.ref.name': 'image' } }
  writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  writeFileSync(
    join(directory, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: index, manifests: [named] }),
  )
}

export async function skopeo(...args: string[]): Promise<string> {
  return run('skopeo', '--insecure-policy', ...args)
}

// Pushes an image made for the purpose to "host/repository:tag".
export async function pushImage(scratch: string, target: string, options: ImageOptions = {}, user = ''): Promise<void> {
  const layout = join(scratch, `layout-${randomBytes(6).toString('hex')}`)
  writeLayout(layout, options)
  const credentials = user ? ['--dest-creds', user] : []
  await skopeo('copy', '--all', '--dest-tls-verify=false', ...credentials, `oci:${layout}:image`, `docker://${target}`)
}

// A file as `docker save` writes it, with one image of that name.
export async function saveArchive(
  scratch: string,
  file: string,
  name: string,
  options: ImageOptions = {},
): Promise<string> {
  const layout = join(scratch, `layout-${randomBytes(6).toString('hex')}`)
  writeLayout(layout, options)
  const path = join(scratch, file)
  await skopeo('copy', `oci:${layout}:image`, `docker-archive:${path}:${name}`)
  return path
}
