import { onScopeDispose, ref, type Ref } from 'vue'

// Clipboard access needs HTTPS or localhost; a warehouse on plain HTTP in a local network has neither.
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'off-screen'
  document.body.append(area)
  const focused = document.activeElement
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return copied
}

// `copied` is true for two seconds after a copy.
export function useCopy(): { copied: Ref<boolean>; copy: (text: string) => Promise<void> } {
  const copied = ref(false)
  let timer = 0
  async function copy(text: string): Promise<void> {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(text)
      copied.value = true
    } else copied.value = copyBySelection(text)
    window.clearTimeout(timer)
    timer = window.setTimeout(() => (copied.value = false), 2000)
  }
  onScopeDispose(() => window.clearTimeout(timer))
  return { copied, copy }
}
