import { useI18n } from 'vue-i18n'

export const operationTypes = ['copy', 'sync', 'import', 'export', 'registry.gc'] as const

// Types have dots, which keys of texts must not.
const keyOf = (type: string) => `operations.type.${type.replaceAll('.', '_')}`

export function useOperationTexts(): { typeText: (type: string) => string } {
  const { t, te } = useI18n()
  return { typeText: (type) => (te(keyOf(type)) ? t(keyOf(type)) : type) }
}
