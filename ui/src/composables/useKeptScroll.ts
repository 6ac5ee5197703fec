import { onBeforeUnmount } from 'vue'

// Where a list was scrolled to, kept with the entry of the browser's history, so that going back finds the same rows.
export function useKeptScroll(): { kept: number; keep: (scrollTop: number) => void } {
  const state = history.state as { listScroll?: number } | null
  let timer = 0

  function keep(scrollTop: number): void {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => history.replaceState({ ...history.state, listScroll: scrollTop }, ''), 150)
  }

  onBeforeUnmount(() => window.clearTimeout(timer))
  return { kept: state?.listScroll ?? 0, keep }
}
