import { onScopeDispose, ref, watchEffect, type Ref } from 'vue'

const current = ref('')

// What the window's title says besides the product's name; a page sets it while it is shown.
export function usePageTitle(title?: () => string): Readonly<Ref<string>> {
  if (title) {
    watchEffect(() => (current.value = title()))
    onScopeDispose(() => (current.value = ''))
  }
  return current
}
