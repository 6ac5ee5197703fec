import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { isAborted } from '@/api/client'

export interface Async<T> {
  data: ShallowRef<T | undefined>
  error: ShallowRef<unknown>
  loading: Ref<boolean>
  // Replaces a request that is under way; what was loaded stays until the new answer is there.
  run: () => Promise<void>
}

// Loads with `load`; only the latest call counts. Call `run` to start.
export function useAsync<T>(load: (signal: AbortSignal) => Promise<T>): Async<T> {
  const data = shallowRef<T>()
  const error = shallowRef<unknown>()
  const loading = ref(false)
  let controller: AbortController | undefined

  async function run(): Promise<void> {
    controller?.abort()
    const mine = new AbortController()
    controller = mine
    loading.value = true
    try {
      const value = await load(mine.signal)
      if (controller !== mine) return
      data.value = value
      error.value = undefined
    } catch (failure) {
      if (controller !== mine || isAborted(failure)) return
      error.value = failure
    } finally {
      if (controller === mine) loading.value = false
    }
  }

  onScopeDispose(() => controller?.abort())
  return { data, error, loading, run }
}
