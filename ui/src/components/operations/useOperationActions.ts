import type { Operation } from '@/api/types'
import { useGuarded } from '@/composables/useGuarded'
import { useOperations } from '@/stores/operations'

// Cancel and retry from anywhere.
export function useOperationActions() {
  const operations = useOperations()
  const { isBusy, guarded } = useGuarded()

  return {
    isBusy: (operation: Operation) => isBusy(operation.id),
    cancel: (operation: Operation) => guarded(operation.id, () => operations.cancel(operation.id)),
    retry: (operation: Operation) => guarded(operation.id, () => operations.retry(operation.id)),
  }
}
