// The names of what travels over the live connection. Only live/ knows them.
import type { Failure, Operation, OperationEvent } from '@/api/types'

export interface ServerVersion {
  version: string
  commit: string
  startedAt: string
}

export type Ack = { ok: true } | { ok: false; error: Failure }
export type WatchAck = { ok: true; operation: Operation } | { ok: false; error: Failure }

export interface FromServer {
  server: (version: ServerVersion) => void
  operation: (operation: Operation) => void
  'operation.event': (event: OperationEvent & { operation: string }) => void
  'operations.missed': () => void
  // Without a repository when too many changed.
  'images.changed': (change: { repository?: string }) => void
}

export interface ToServer {
  'operations.watch': (request: Record<string, never>, ack: (reply: Ack) => void) => void
  'operations.unwatch': () => void
  'operation.watch': (request: { id: string; after: number }, ack: (reply: WatchAck) => void) => void
  'operation.unwatch': (request: { id: string }) => void
}
