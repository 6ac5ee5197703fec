import { onScopeDispose } from 'vue'
import { useConnection } from '@/live/connection'

// Calls when the server says that images changed, of `repository` or of any.
export function useChangedImages(changed: () => void, repository?: () => string): void {
  const stop = useConnection().onImagesChanged((name) => {
    if (!repository || repository() === name) changed()
  })
  onScopeDispose(stop)
}
