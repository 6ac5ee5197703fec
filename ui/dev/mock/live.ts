// The Socket.IO side of the contract.
import type { Server as HttpServer } from 'node:http'
import { Server } from 'socket.io'
import type { Operation } from '../../src/api/types'
import type { MockOperations } from './operations'

export function serveLive(http: HttpServer, operations: MockOperations, version: () => object): void {
  const io = new Server(http, { path: '/socket.io/', serveClient: false })
  io.on('connection', (socket) => {
    socket.emit('server', version())
    const watched = new Map<string, number>()
    let all = false
    const listener = (operation: Operation, event: { sequence: number }) => {
      if (all) socket.emit('operation', { ...operation, result: undefined })
      if (watched.has(operation.id)) socket.emit('operation.event', { operation: operation.id, ...event })
    }
    operations.listeners.add(listener)
    socket.on('operations.watch', (_: unknown, reply: (value: object) => void) => {
      all = true
      reply({ ok: true })
    })
    socket.on('operations.unwatch', () => (all = false))
    socket.on('operation.watch', ({ id, after }: { id: string; after: number }, reply: (value: object) => void) => {
      const operation = operations.all.find((candidate) => candidate.id === id)
      if (!operation) return reply({ ok: false, error: { kind: 'not_found', message: `there is no operation ${id}` } })
      watched.set(id, after)
      reply({ ok: true, operation })
      for (const event of operations.events.get(id) ?? [])
        if (event.sequence > after) socket.emit('operation.event', { operation: id, ...event })
    })
    socket.on('operation.unwatch', ({ id }: { id: string }) => watched.delete(id))
    socket.on('disconnect', () => operations.listeners.delete(listener))
  })
}
