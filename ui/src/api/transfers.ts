import { api, apiUrl, send } from './client'
import type { ArchiveFormat, Operation, Upload, UploadedImages } from './types'

export type Compression = 'gzip' | 'zstd' | 'none'

export interface CopyInput {
  source: string
  target: string
  platforms?: string[]
  referrers?: boolean
  force?: boolean
  compression?: Compression
}

export interface ImportInput {
  upload: string
  images?: { name: string; as?: string }[]
  platforms?: string[]
  compression?: Compression
}

export interface ExportInput {
  images: string[]
  format: ArchiveFormat
  platforms?: string[]
}

const uploadOf = (id: string) => `/uploads/${encodeURIComponent(id)}`

export const startCopy = (input: CopyInput) => api.post<Operation>('/copies', input)
export const startImport = (input: ImportInput) => api.post<Operation>('/imports', input)
export const startExport = (input: ExportInput) => api.post<Operation>('/exports', input)
// Where the browser fetches the archive of an export that has succeeded.
export const archiveUrl = (operation: string) => apiUrl(`/exports/${encodeURIComponent(operation)}/archive`)

export const createUpload = (name: string, size: number, signal?: AbortSignal) =>
  api.post<Upload>('/uploads', { name, size }, { signal })
export const getUpload = (id: string, signal?: AbortSignal) => api.get<Upload>(uploadOf(id), {}, signal)
export const deleteUpload = (id: string) => api.delete(uploadOf(id))
export const listUploadedImages = (id: string, signal?: AbortSignal) =>
  api.get<UploadedImages>(`${uploadOf(id)}/images`, {}, signal)

// Sends the bytes at `offset` and returns the offset that follows them.
export async function patchUpload(id: string, offset: number, bytes: Blob, signal?: AbortSignal): Promise<number> {
  const answer = await send('PATCH', uploadOf(id), {
    body: bytes,
    headers: { 'Upload-Offset': String(offset) },
    signal,
  })
  return Number(answer.headers.get('Upload-Offset') ?? offset + bytes.size)
}
