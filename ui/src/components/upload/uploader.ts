import { ApiError } from '@/api/client'
import type { Upload } from '@/api/types'

// Sends one file in chunks and gets over what breaks: the network, the server, the page. No Vue, no fetch.

export const CHUNK = 8 * 1024 * 1024
const LONGEST_WAIT = 30_000
const RATE_WINDOW = 10_000

export type UploadState = 'starting' | 'sending' | 'waiting' | 'paused' | 'complete' | 'failed' | 'cancelled'

export interface UploadStatus {
  state: UploadState
  id?: string
  name: string
  size: number
  sent: number
  // Where an earlier page or attempt had got to.
  continuedAt?: number
  rate?: number
  secondsLeft?: number
  error?: unknown
}

export interface Transport {
  create: (name: string, size: number, signal: AbortSignal) => Promise<Upload>
  get: (id: string, signal: AbortSignal) => Promise<Upload>
  patch: (id: string, offset: number, bytes: Blob, signal: AbortSignal) => Promise<number>
  remove: (id: string) => Promise<unknown>
}

// Remembers across page loads which upload belongs to a file.
export interface Memory {
  find: (key: string) => string | undefined
  keep: (key: string, id: string) => void
  forget: (key: string) => void
}

// The browser does not tell a file's path; together these tell files apart well enough.
export function fileKey(file: Pick<File, 'name' | 'size' | 'lastModified'>): string {
  return `${file.name}|${file.size}|${file.lastModified}`
}

export type Reaction = 'wait' | 'locate' | 'anew' | 'fail'

// What to do about a failure: wait and try again, ask where the server is, begin a new upload, or give up.
export function reactionTo(failure: unknown): Reaction {
  if (!(failure instanceof ApiError)) return 'fail'
  if (failure.status === 409) return 'locate'
  if (failure.status === 404) return 'anew'
  const passing = failure.status === 0 || failure.status === 408 || failure.status === 429
  return passing || [500, 502, 503, 504].includes(failure.status) ? 'wait' : 'fail'
}

export function waitBefore(attempt: number): number {
  return Math.min(LONGEST_WAIT, 1000 * 2 ** (attempt - 1))
}

// Bytes per second over the last ten seconds.
export class Rate {
  private samples: { at: number; sent: number }[] = []

  add(at: number, sent: number): void {
    this.samples.push({ at, sent })
    while (this.samples.length > 2 && this.samples[0]!.at < at - RATE_WINDOW) this.samples.shift()
  }

  get perSecond(): number | undefined {
    const first = this.samples[0]
    const last = this.samples.at(-1)
    if (!first || !last || last.at <= first.at) return undefined
    return ((last.sent - first.sent) * 1000) / (last.at - first.at)
  }
}

export class Uploader {
  private status: UploadStatus
  private controller = new AbortController()
  private rate = new Rate()

  constructor(
    private readonly file: File,
    private readonly transport: Transport,
    private readonly memory: Memory,
    private readonly changed: (status: UploadStatus) => void,
  ) {
    this.status = { state: 'starting', name: file.name, size: file.size, sent: 0 }
  }

  // Ends when the upload is complete, paused, cancelled or has failed; `start` again goes on.
  async start(): Promise<void> {
    this.controller.abort()
    const controller = new AbortController()
    this.controller = controller
    this.rate = new Rate()
    this.update({ state: 'starting', error: undefined, rate: undefined, secondsLeft: undefined })
    for (let attempt = 1; !controller.signal.aborted; attempt++) {
      try {
        await this.locate(controller.signal)
        await this.sendAll(controller.signal, () => (attempt = 0))
        this.update({ state: 'complete', rate: undefined, secondsLeft: undefined })
        return
      } catch (failure) {
        if (controller.signal.aborted) return
        if (!(await this.recover(failure, attempt, controller.signal))) return
      }
    }
  }

  pause(): void {
    this.controller.abort()
    this.update({ state: 'paused', rate: undefined, secondsLeft: undefined })
  }

  async cancel(): Promise<void> {
    this.controller.abort()
    const { id } = this.status
    this.memory.forget(fileKey(this.file))
    this.update({ state: 'cancelled', rate: undefined, secondsLeft: undefined })
    // Left alone, the server forgets it within a day.
    if (id) await this.transport.remove(id).catch(() => {})
  }

  private update(change: Partial<UploadStatus>): void {
    this.status = { ...this.status, ...change }
    this.changed(this.status)
  }

  // Asks the server how much it has, or begins a new upload.
  private async locate(signal: AbortSignal): Promise<void> {
    const key = fileKey(this.file)
    const known = this.status.id ?? this.memory.find(key)
    const upload = known
      ? await this.transport.get(known, signal)
      : await this.transport.create(this.file.name, this.file.size, signal)
    this.memory.keep(key, upload.id)
    const continuedAt = this.status.id || upload.offset === 0 ? this.status.continuedAt : upload.offset
    this.update({ id: upload.id, sent: upload.offset, continuedAt })
  }

  private async sendAll(signal: AbortSignal, progressed: () => void): Promise<void> {
    const id = this.status.id!
    this.rate.add(Date.now(), this.status.sent)
    while (this.status.sent < this.file.size) {
      if (this.status.state !== 'sending') this.update({ state: 'sending' })
      const { sent } = this.status
      const next = await this.transport.patch(id, sent, this.file.slice(sent, sent + CHUNK), signal)
      signal.throwIfAborted()
      progressed()
      this.rate.add(Date.now(), next)
      const rate = this.rate.perSecond
      this.update({ sent: next, rate, secondsLeft: rate ? (this.file.size - next) / rate : undefined })
    }
  }

  // False when there is nothing left to try.
  private async recover(failure: unknown, attempt: number, signal: AbortSignal): Promise<boolean> {
    const reaction = reactionTo(failure)
    const hopeless = reaction === 'fail' || (reaction !== 'wait' && attempt > 5)
    if (hopeless) {
      this.update({ state: 'failed', error: failure, rate: undefined, secondsLeft: undefined })
      return false
    }
    if (reaction === 'anew') {
      this.memory.forget(fileKey(this.file))
      this.update({ id: undefined, sent: 0, continuedAt: undefined })
    }
    if (reaction === 'wait') {
      this.update({ state: 'waiting', error: failure, rate: undefined, secondsLeft: undefined })
      await sleep(waitBefore(attempt), signal)
      if (!signal.aborted) this.update({ error: undefined })
    }
    return true
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
