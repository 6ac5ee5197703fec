import { shallowRef, type ShallowRef } from 'vue'
import { createUpload, deleteUpload, getUpload, patchUpload } from '@/api/transfers'
import { rememberedUploads } from './remembered'
import { Uploader, type UploadStatus } from './uploader'

const status = shallowRef<UploadStatus>()
let uploader: Uploader | undefined

const transport = { create: createUpload, get: getUpload, patch: patchUpload, remove: deleteUpload }

function begin(file: File): void {
  uploader?.pause()
  const mine: Uploader = new Uploader(file, transport, rememberedUploads(), (now) => {
    if (uploader === mine) status.value = now
  })
  uploader = mine
  void mine.start()
}

// Forgets the upload here; the server keeps what is there.
function drop(): void {
  uploader = undefined
  status.value = undefined
}

async function cancel(): Promise<void> {
  const mine = uploader
  drop()
  await mine?.cancel()
}

// The upload of this window: one at a time. It goes on while the dialog is closed and other pages are shown.
export function useUpload(): {
  status: Readonly<ShallowRef<UploadStatus | undefined>>
  begin: (file: File) => void
  pause: () => void
  resume: () => void
  cancel: () => Promise<void>
  drop: () => void
} {
  return { status, begin, pause: () => uploader?.pause(), resume: () => void uploader?.start(), cancel, drop }
}
