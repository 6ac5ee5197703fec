import { onScopeDispose, ref, type Ref } from 'vue'

// Seconds that are left, to the second.
export function useCountdown(): { left: Readonly<Ref<number>>; start: (seconds: number) => void } {
  const left = ref(0)
  let timer = 0

  function start(seconds: number): void {
    const end = Date.now() + seconds * 1000
    window.clearInterval(timer)
    const tick = () => {
      left.value = Math.max(0, Math.ceil((end - Date.now()) / 1000))
      if (left.value === 0) window.clearInterval(timer)
    }
    timer = window.setInterval(tick, 500)
    tick()
  }

  onScopeDispose(() => window.clearInterval(timer))
  return { left, start }
}
