import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { isAborted } from '@/api/client'
import { getOperation, listEvents } from '@/api/operations'
import type { Operation, OperationEvent } from '@/api/types'
import { useConnection, type Stop } from './connection'

// The server answers with so many events at most.
const EVENTS_PAGE = 1000

export interface LogLine {
  sequence: number
  at: string
  text: string
}

const lineOf = (sequence: number, at: string, text: string): LogLine => ({ sequence, at, text })

export interface LiveOperation {
  operation: ShallowRef<Operation | undefined>
  lines: ShallowRef<LogLine[]>
  error: ShallowRef<unknown>
  loading: Ref<boolean>
  reload: () => void
}

// One operation as it goes: its document, progress and log, kept current until the owner goes or `id` changes.
export function useOperation(id: () => string): LiveOperation {
  const connection = useConnection()
  const operation = shallowRef<Operation>()
  const lines = shallowRef<LogLine[]>([])
  const error = shallowRef<unknown>()
  const loading = ref(true)
  let stop: Stop = () => {}
  let controller = new AbortController()
  let waiting: LogLine[] = []

  // A busy log has hundreds of lines a second: they are shown by the frame.
  function addLine(line: LogLine): void {
    if (waiting.push(line) > 1) return
    requestAnimationFrame(() => {
      lines.value = lines.value.concat(waiting)
      waiting = []
    })
  }

  function take(event: OperationEvent): void {
    if (event.kind === 'log') addLine(lineOf(event.sequence, event.at, event.payload.line))
    else if (event.kind === 'progress' && operation.value) {
      operation.value = { ...operation.value, progress: event.payload }
    } else if (event.kind === 'state') void refresh()
  }

  // The document has what events do not: times, the result, who.
  async function refresh(): Promise<void> {
    const { signal } = controller
    try {
      operation.value = await getOperation(id(), signal)
    } catch (failure) {
      if (!isAborted(failure)) error.value = failure
    }
  }

  async function readEvents(signal: AbortSignal): Promise<number> {
    let after = 0
    const read: LogLine[] = []
    for (;;) {
      const { items } = await listEvents(id(), after, signal)
      for (const event of items)
        if (event.kind === 'log') read.push(lineOf(event.sequence, event.at, event.payload.line))
      after = items.at(-1)?.sequence ?? after
      if (items.length < EVENTS_PAGE) break
    }
    lines.value = read
    return after
  }

  async function start(): Promise<void> {
    stop()
    controller.abort()
    controller = new AbortController()
    const { signal } = controller
    loading.value = true
    error.value = undefined
    lines.value = []
    waiting = []
    try {
      operation.value = await getOperation(id(), signal)
      const after = await readEvents(signal)
      stop = connection.watchOperation(id(), after, { onEvent: take })
      // It may have ended between the two questions, before anybody watched.
      await refresh()
    } catch (failure) {
      if (!isAborted(failure)) error.value = failure
    } finally {
      if (!signal.aborted) loading.value = false
    }
  }

  watch(
    id,
    () => {
      operation.value = undefined
      void start()
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    stop()
    controller.abort()
  })
  return { operation, lines, error, loading, reload: () => void start() }
}
