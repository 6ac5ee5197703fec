import { useI18n } from 'vue-i18n'
import type { AuditResult } from '@/api/accessTypes'

export const resultTones = { ok: 'success', denied: 'warning', failed: 'danger' } as const

// What was done and how it ended; an action that this page does not know is told by its name.
export function useAuditTexts(): {
  actionText: (action: string) => string
  resultText: (result: AuditResult) => string
} {
  const { t, te } = useI18n()
  return {
    actionText: (action) => {
      const key = `audit.action.${action}`
      return te(key) ? t(key) : action
    },
    resultText: (result) => t(`audit.result.${result}`),
  }
}
