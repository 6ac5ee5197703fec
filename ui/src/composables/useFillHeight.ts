import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

const LEAST = 320

// How high `element` may be to end with the window, above what the page keeps free at its foot.
export function useFillHeight(element: Ref<HTMLElement | undefined>, foot: () => number): Ref<number> {
  const height = ref(LEAST)

  function measure(): void {
    if (!element.value) return
    const top = element.value.getBoundingClientRect().top + window.scrollY
    height.value = Math.max(LEAST, Math.floor(window.innerHeight - top - foot()))
  }

  // What stands above it can wrap and grow.
  const observer = new ResizeObserver(measure)
  onMounted(() => {
    measure()
    observer.observe(document.body)
    if (element.value?.parentElement) observer.observe(element.value.parentElement)
    window.addEventListener('resize', measure)
  })
  onBeforeUnmount(() => {
    observer.disconnect()
    window.removeEventListener('resize', measure)
  })
  return height
}
