import { shallowRef, type ShallowRef } from 'vue'

export type SourceKind = 'warehouse' | 'registry' | 'archive'
export type TargetKind = 'warehouse' | 'registry' | 'download'

// What the dialog is to begin with. Places are named as on the command line: "docker://HOST/REPOSITORY:TAG", or
// "REPOSITORY:TAG" of this warehouse. Nothing is fixed: who opened the dialog can change everything in it.
export interface CopyRequest {
  source?: string
  target?: string
  // What to offer when the place is not named.
  from?: SourceKind
  to?: TargetKind
  // An archive that was dropped onto a page: its upload begins at once.
  file?: File
}

const request = shallowRef<CopyRequest>()

// The one dialog in which anything is copied anywhere; the layout shows it.
export function useCopyDialog(): {
  request: Readonly<ShallowRef<CopyRequest | undefined>>
  open: (wanted?: CopyRequest) => void
  close: () => void
} {
  return { request, open: (wanted = {}) => (request.value = wanted), close: () => (request.value = undefined) }
}
