import { computed, onScopeDispose, watch, type ComputedRef, type ShallowRef } from 'vue'
import { getImage } from '@/api/images'
import { getRemoteImage } from '@/api/registries'
import type { ImageDetail, Registry } from '@/api/types'
import { useAsync } from '@/composables/useAsync'
import { placeOf, type Reference } from './reference'

const PAUSE = 350

export interface KnownImage {
  image: ShallowRef<ImageDetail | undefined>
  error: ShallowRef<unknown>
  platforms: ComputedRef<string[]>
}

// What is known of the image that `reference` names: it follows while one types. Nothing of registries that are not stored.
export function useKnownImage(
  reference: () => Reference | undefined,
  registryOf: (host: string) => Registry | undefined,
): KnownImage {
  const { data, error, run } = useAsync(async (signal) => {
    const wanted = reference()
    if (!wanted) return undefined
    const name = wanted.digest ?? wanted.tag ?? 'latest'
    if (!wanted.registry) return getImage(wanted.repository, name, signal)
    const registry = registryOf(wanted.registry)
    return registry ? getRemoteImage(registry.id, wanted.repository, name, signal) : undefined
  })
  let timer = 0
  const key = () => {
    const wanted = reference()
    return wanted ? placeOf(wanted) : ''
  }
  watch(
    key,
    () => {
      data.value = error.value = undefined
      window.clearTimeout(timer)
      timer = window.setTimeout(run, PAUSE)
    },
    { immediate: true },
  )
  onScopeDispose(() => window.clearTimeout(timer))
  const platforms = computed(() =>
    (data.value?.platforms ?? []).filter((one) => !one.attestation && one.platform).map((one) => one.platform),
  )
  return { image: data, error, platforms }
}
