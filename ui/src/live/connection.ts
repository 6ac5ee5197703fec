// The one live connection: it reconnects by itself, and after each reconnection every watch goes on where it was.
import { io, type Socket } from 'socket.io-client'
import { readonly, ref, type Ref } from 'vue'
import type { Failure, Operation, OperationEvent } from '@/api/types'
import type { FromServer, ServerVersion, ToServer } from './topics'

export type LiveSocket = Socket<FromServer, ToServer>
export type Stop = () => void

export interface OperationWatch {
  // Stored events come once and in order; progress is the latest.
  onEvent: (event: OperationEvent) => void
  onRefused?: (failure: Failure) => void
}

export interface OperationsWatch {
  onOperation: (operation: Operation) => void
  // What changed before this was not told: the watch has begun, or begun again, or there was too much to tell.
  onGap: () => void
}

export interface Connection {
  // 'idle' before the first connection.
  state: Readonly<Ref<'idle' | 'online' | 'offline'>>
  // The server is another version than the one that this page came from.
  outdated: Readonly<Ref<boolean>>
  connect: () => void
  disconnect: () => void
  onRefused: (listener: () => void) => void
  watchOperations: (watch: OperationsWatch) => Stop
  watchOperation: (id: string, after: number, watch: OperationWatch) => Stop
  // Without a name: of any repository.
  onImagesChanged: (listener: (repository?: string) => void) => Stop
}

interface Place {
  after: number
  watches: Set<OperationWatch>
}

export function createConnection(socket: LiveSocket): Connection {
  const state = ref<'idle' | 'online' | 'offline'>('idle')
  const outdated = ref(false)
  const places = new Map<string, Place>()
  const lists = new Set<OperationsWatch>()
  let seen: ServerVersion | undefined
  let refused: () => void = () => {}

  const tellGap = () => lists.forEach((list) => list.onGap())
  const askForOperations = () => socket.emit('operations.watch', {}, tellGap)

  function askForOperation(id: string, place: Place): void {
    socket.emit('operation.watch', { id, after: place.after }, (reply) => {
      if (reply.ok) return
      for (const watch of place.watches) watch.onRefused?.(reply.error)
    })
  }

  socket.on('connect', () => {
    state.value = 'online'
    if (lists.size > 0) askForOperations()
    for (const [id, place] of places) askForOperation(id, place)
  })
  socket.on('disconnect', (reason) => {
    state.value = 'offline'
    // The server ends who was signed out or may see less than before; nobody else comes back for it.
    if (reason !== 'io server disconnect') return
    refused()
    socket.connect()
  })
  socket.on('connect_error', (error) => {
    state.value = 'offline'
    if (error.message === 'sign in first') refused()
  })
  socket.on('server', (version) => {
    if (seen && (seen.commit !== version.commit || seen.version !== version.version)) outdated.value = true
    seen ??= version
  })
  socket.on('operation', (operation) => {
    for (const list of lists) list.onOperation(operation)
  })
  socket.on('operations.missed', tellGap)
  socket.on('operation.event', (event) => {
    const place = places.get(event.operation)
    if (!place) return
    if (event.kind !== 'progress') {
      if (event.sequence <= place.after) return
      place.after = event.sequence
    }
    for (const watch of place.watches) watch.onEvent(event)
  })

  return {
    state: readonly(state),
    outdated: readonly(outdated),
    connect: () => void socket.connect(),
    disconnect: () => {
      socket.disconnect()
      state.value = 'idle'
    },
    onRefused: (listener) => (refused = listener),

    watchOperations(watch) {
      lists.add(watch)
      if (socket.connected && lists.size === 1) askForOperations()
      return () => {
        lists.delete(watch)
        if (socket.connected && lists.size === 0) socket.emit('operations.unwatch')
      }
    },

    // Two watches of one operation share the server's: the second starts where the first is, so it reads the stored
    // events before (api/operations).
    watchOperation(id, after, watch) {
      const known = places.get(id)
      const place = known ?? { after, watches: new Set() }
      place.watches.add(watch)
      if (!known) {
        places.set(id, place)
        if (socket.connected) askForOperation(id, place)
      }
      return () => {
        if (!place.watches.delete(watch) || place.watches.size > 0) return
        places.delete(id)
        if (socket.connected) socket.emit('operation.unwatch', { id })
      }
    },

    onImagesChanged(listener) {
      const handle = (change: { repository?: string }) => listener(change.repository)
      socket.on('images.changed', handle)
      return () => socket.off('images.changed', handle)
    },
  }
}

let connection: Connection | undefined

export function useConnection(): Connection {
  connection ??= createConnection(
    io({
      path: '/socket.io/',
      autoConnect: false,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 5000,
      extraHeaders: { 'X-Requested-With': 'cang' },
    }),
  )
  return connection
}
