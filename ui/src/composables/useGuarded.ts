import { ElMessage } from 'element-plus'
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { ApiError } from '@/api/client'

export interface Guarded {
  isBusy: (id: string) => boolean
  guarded: <T>(id: string, action: () => Promise<T>) => Promise<T | undefined>
}

// For actions without a dialog of their own: failures are told at the top of the page.
export function useGuarded(): Guarded {
  const { t } = useI18n()
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

  return { isBusy: (id) => busy.value.has(id), guarded }
}
