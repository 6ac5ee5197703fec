import { Activity, Container, Globe, LayoutDashboard } from '@lucide/vue'

// The entries of the navigation.
export const sections = [
  { name: 'overview', icon: LayoutDashboard },
  { name: 'images', icon: Container },
  { name: 'registries', icon: Globe },
  { name: 'operations', icon: Activity },
] as const
