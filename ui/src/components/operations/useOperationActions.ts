import { ElMessage } from 'element-plus'
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { ApiError } from '@/api/client'
import type { Operation } from '@/api/types'
import { useOperations } from '@/stores/operations'

// Cancel and retry from anywhere; failures are told at the top of the page.
export function useOperationActions() {
  const { t } = useI18n()
  const operations = useOperations()
  const busy = ref(new Set<string>())

  async function guarded<T>(id: string, action: () => Promise<T>): Promise<T | undefined> {
    busy.value.add(id)
    try {
      return await action()
    } catch (failure) {
      const known = failure instanceof ApiError && failure.kind !== 'unreachable'
      ElMessage.error({ message: known ? failure.message : t('common.unreachable'), showClose: true })
      return undefined
    } finally {
      busy.value.delete(id)
    }
  }

  return {
    isBusy: (operation: Operation) => busy.value.has(operation.id),
    cancel: (operation: Operation) => guarded(operation.id, () => operations.cancel(operation.id)),
    retry: (operation: Operation) => guarded(operation.id, () => operations.retry(operation.id)),
  }
}
