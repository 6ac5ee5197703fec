import { onScopeDispose } from 'vue'
import { useConnection } from '@/live/connection'

// A client that pushes many images changes a list many times a second; it is read again this often at most.
const PAUSE = 400

// Calls, soon, when the server says that images changed, of `repository` or of any.
export function useChangedImages(changed: () => void, repository?: () => string): void {
  let timer = 0
  const stop = useConnection().onImagesChanged((name) => {
    if (timer || (repository && name !== undefined && name !== repository())) return
    timer = window.setTimeout(() => {
      timer = 0
      changed()
    }, PAUSE)
  })
  onScopeDispose(() => {
    window.clearTimeout(timer)
    stop()
  })
}
