import { useI18n } from 'vue-i18n'

// What a permission allows; one that this page does not know is told by its name.
export function usePermissionTexts(): (name: string) => string {
  const { t, te } = useI18n()
  return (name) => {
    const key = `access.permission.${name}`
    return te(key) || te(key, 'en') ? t(key) : name
  }
}
