import { startCopy, startExport, startImport } from '@/api/transfers'
import type { Operation } from '@/api/types'
import { useOperations } from '@/stores/operations'
import { downloadWhenReady } from './downloads'
import type { Request } from './form'

function ask(request: Request): Promise<Operation> {
  if (request.kind === 'copy') return startCopy(request.input)
  return request.kind === 'import' ? startImport(request.input) : startExport(request.input)
}

// Starts what was asked for, one after the other, and shows it among the operations. What has started stays started when a
// later one is refused; `remaining` is what is then left to ask for.
export function useStart(): (requests: Request[]) => Promise<void> {
  const operations = useOperations()
  return async (remaining) => {
    while (remaining[0]) {
      const operation = await ask(remaining[0])
      remaining.shift()
      operations.started(operation)
      if (operation.type === 'export') downloadWhenReady(operation.id)
    }
  }
}
