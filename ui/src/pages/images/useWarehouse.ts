import { computed, type ComputedRef } from 'vue'
import { useSystem } from '@/stores/system'
import type { Warehouse } from './pullCommands'

// How other machines reach this warehouse.
export function useWarehouse(): ComputedRef<Warehouse> {
  const system = useSystem()
  return computed(() => ({
    address: system.address,
    plainHttp: (system.system?.url || location.href).startsWith('http:'),
  }))
}
