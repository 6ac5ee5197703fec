import {
  Activity,
  Bot,
  Boxes,
  Container,
  Globe,
  LayoutDashboard,
  ScrollText,
  SlidersHorizontal,
  Users,
} from '@lucide/vue'

// The entries of the navigation.
export const sections = [
  { name: 'overview', icon: LayoutDashboard },
  { name: 'images', icon: Container },
  { name: 'projects', icon: Boxes },
  { name: 'registries', icon: Globe },
  { name: 'operations', icon: Activity },
] as const

// For administrators of the server.
export const adminSections = [
  { name: 'users', icon: Users },
  { name: 'robots', icon: Bot },
  { name: 'audit', icon: ScrollText },
  { name: 'settings', icon: SlidersHorizontal },
] as const

export type SectionName = (typeof sections | typeof adminSections)[number]['name']
