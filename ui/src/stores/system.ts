import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { getSystem } from '@/api/system'
import type { System } from '@/api/types'

export const useSystem = defineStore('system', () => {
  const system = ref<System>()

  // What `docker` calls this warehouse: host and port as the browser reached it, unless the server was told its name.
  const address = computed(() => {
    try {
      return system.value?.url ? new URL(system.value.url).host : location.host
    } catch {
      return location.host
    }
  })

  async function load(): Promise<void> {
    system.value = await getSystem()
  }

  return { system, address, load }
})
