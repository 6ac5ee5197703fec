import { onScopeDispose, ref, type Ref } from 'vue'

// Whether the window is as narrow as a phone's: the width at which the navigation moves to the bottom.
export function useNarrow(): Ref<boolean> {
  const query = matchMedia('(max-width: 860px)')
  const narrow = ref(query.matches)
  const follow = (event: MediaQueryListEvent) => (narrow.value = event.matches)
  query.addEventListener('change', follow)
  onScopeDispose(() => query.removeEventListener('change', follow))
  return narrow
}
