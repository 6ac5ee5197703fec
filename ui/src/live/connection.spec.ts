import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { OperationEvent } from '@/api/types'
import { createConnection, type Connection, type LiveSocket } from './connection'

// Stands in for the socket: remembers what was sent, and says what the test wants.
class FakeSocket {
  connected = false
  sent: unknown[][] = []
  handlers = new Map<string, Set<(value: unknown) => void>>()

  on(name: string, handler: (value: unknown) => void) {
    this.handlers.set(name, (this.handlers.get(name) ?? new Set()).add(handler))
  }
  off(name: string, handler: (value: unknown) => void) {
    this.handlers.get(name)?.delete(handler)
  }
  emit(...words: unknown[]) {
    this.sent.push(words)
  }
  say(name: string, value?: unknown) {
    if (name === 'connect') this.connected = true
    if (name === 'disconnect') this.connected = false
    for (const handler of this.handlers.get(name) ?? []) handler(value)
  }
  connect() {
    this.say('connect')
  }
  disconnect() {
    this.say('disconnect')
  }
}

const log = (sequence: number) => ({ operation: 'a', sequence, at: '', kind: 'log', payload: { line: `${sequence}` } })

let socket: FakeSocket
let connection: Connection

beforeEach(() => {
  socket = new FakeSocket()
  connection = createConnection(socket as unknown as LiveSocket)
})

describe('watching one operation', () => {
  it('asks for what came after the last event that was read', () => {
    connection.connect()
    connection.watchOperation('a', 7, { onEvent: () => {} })
    expect(socket.sent[0]?.slice(0, 2)).toEqual(['operation.watch', { id: 'a', after: 7 }])
  })

  it('goes on after a break, without repetition', () => {
    const lines: number[] = []
    connection.connect()
    connection.watchOperation('a', 0, { onEvent: (event: OperationEvent) => lines.push(event.sequence) })
    socket.say('operation.event', log(1))
    socket.say('operation.event', log(2))
    socket.say('disconnect')
    socket.sent = []
    socket.say('connect')
    expect(socket.sent[0]?.slice(0, 2)).toEqual(['operation.watch', { id: 'a', after: 2 }])
    socket.say('operation.event', log(2))
    socket.say('operation.event', log(3))
    expect(lines).toEqual([1, 2, 3])
  })

  it('shares the watch of the server, and ends it with the last', () => {
    connection.connect()
    const first = connection.watchOperation('a', 0, { onEvent: () => {} })
    const second = connection.watchOperation('a', 0, { onEvent: () => {} })
    expect(socket.sent).toHaveLength(1)
    first()
    expect(socket.sent).toHaveLength(1)
    second()
    second()
    expect(socket.sent).toHaveLength(2)
    expect(socket.sent[1]).toEqual(['operation.unwatch', { id: 'a' }])
  })

  it('tells why the server refuses', () => {
    const onRefused = vi.fn()
    connection.connect()
    connection.watchOperation('a', 0, { onEvent: () => {}, onRefused })
    const reply = socket.sent[0]?.[2] as (value: unknown) => void
    reply({ ok: false, error: { kind: 'not_found', message: 'gone' } })
    expect(onRefused).toHaveBeenCalledWith({ kind: 'not_found', message: 'gone' })
  })
})

describe('watching all operations', () => {
  it('tells of what was missed before each watch, and when there was too much to tell', () => {
    const onGap = vi.fn()
    const begin = () => (socket.sent.at(-1)?.[2] as (value: unknown) => void)({ ok: true })
    connection.watchOperations({ onOperation: () => {}, onGap })
    connection.connect()
    expect(onGap).not.toHaveBeenCalled()
    begin()
    expect(onGap).toHaveBeenCalledTimes(1)
    socket.say('disconnect')
    socket.say('connect')
    expect(onGap).toHaveBeenCalledTimes(1)
    begin()
    expect(onGap).toHaveBeenCalledTimes(2)
    socket.say('operations.missed')
    expect(onGap).toHaveBeenCalledTimes(3)
  })
})

describe('the connection', () => {
  it('knows when the server became another version', () => {
    connection.connect()
    socket.say('server', { version: '1', commit: 'a', startedAt: 'x' })
    socket.say('server', { version: '1', commit: 'a', startedAt: 'y' })
    expect(connection.outdated.value).toBe(false)
    socket.say('server', { version: '1', commit: 'b', startedAt: 'z' })
    expect(connection.outdated.value).toBe(true)
  })

  it('says who must sign in again', () => {
    const refused = vi.fn()
    connection.onRefused(refused)
    socket.say('connect_error', new Error('sign in first'))
    expect(refused).toHaveBeenCalledOnce()
    expect(connection.state.value).toBe('offline')
  })

  it('comes back when the server ended it, and asks who is signed in', () => {
    const refused = vi.fn()
    connection.onRefused(refused)
    connection.connect()
    socket.say('disconnect', 'transport close')
    expect(refused).not.toHaveBeenCalled()
    expect(connection.state.value).toBe('offline')
    socket.say('connect')
    socket.say('disconnect', 'io server disconnect')
    expect(refused).toHaveBeenCalledOnce()
    expect(connection.state.value).toBe('online')
  })
})
