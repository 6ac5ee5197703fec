import { watch } from 'vue'
import { archiveUrl } from '@/api/transfers'
import { isActive, useOperations } from '@/stores/operations'

// The browser saves it; the page stays.
export function download(operation: string): void {
  const link = document.createElement('a')
  link.href = archiveUrl(operation)
  link.download = ''
  document.body.append(link)
  link.click()
  link.remove()
}

// Starts the download of an export's archive as soon as it is packed; not when it fails or is cancelled.
export function downloadWhenReady(operation: string): void {
  const operations = useOperations()
  const stop = watch(
    () => operations.byId.get(operation),
    (now) => {
      if (now && isActive(now)) return
      queueMicrotask(() => stop())
      if (now?.state === 'succeeded') download(operation)
    },
    { immediate: true },
  )
}
