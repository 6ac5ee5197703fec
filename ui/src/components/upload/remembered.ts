import type { Memory } from './uploader'

const PREFIX = 'cang.upload.'
const KEPT = 24 * 3600 * 1000 // as long as the server keeps what is not finished

interface Entry {
  id: string
  at: number
}

function entryOf(text: string | null): Entry | undefined {
  try {
    const value = JSON.parse(text ?? '') as Partial<Entry>
    return typeof value.id === 'string' && typeof value.at === 'number' ? (value as Entry) : undefined
  } catch {
    return undefined
  }
}

// Uploads of this browser. Without storage an upload still survives a broken network, but not a reload.
export function rememberedUploads(storage: Storage = localStorage): Memory {
  const attempt = <T>(action: () => T): T | undefined => {
    try {
      return action()
    } catch {
      return undefined
    }
  }
  function sweep(): void {
    for (const key of Object.keys(storage))
      if (key.startsWith(PREFIX) && Date.now() - (entryOf(storage.getItem(key))?.at ?? 0) > KEPT)
        storage.removeItem(key)
  }
  return {
    find: (key) => attempt(() => entryOf(storage.getItem(PREFIX + key))?.id),
    keep: (key, id) =>
      attempt(() => {
        sweep()
        storage.setItem(PREFIX + key, JSON.stringify({ id, at: Date.now() }))
      }),
    forget: (key) => attempt(() => storage.removeItem(PREFIX + key)),
  }
}
