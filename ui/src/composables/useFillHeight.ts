import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

const LEAST = 320
const BORDER = 2

// How high `element` may be to end where the page's foot begins, so that the page itself need not scroll.
export function useFillHeight(element: Ref<HTMLElement | undefined>): Ref<number> {
  const height = ref(LEAST)

  function measure(): void {
    if (!element.value) return
    const top = element.value.getBoundingClientRect().top + window.scrollY
    const page = element.value.closest('main')
    const foot = page ? parseFloat(getComputedStyle(page).paddingBottom) : 0
    height.value = Math.max(LEAST, Math.floor(window.innerHeight - top - foot - BORDER))
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
