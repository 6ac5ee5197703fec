import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { duration, fileSize, relativeTime } from './format'

export interface Format {
  bytes: (value: number) => string
  rate: (bytesPerSecond: number) => string
  number: (value: number) => string
  percent: (share: number) => string
  dateTime: (value: string | Date) => string
  day: (value: string | Date) => string
  ago: (value: string | Date, now?: number) => string
  duration: (seconds: number) => string
}

// Numbers and times as the language writes them.
export function useFormat(): ComputedRef<Format> {
  const { locale } = useI18n()
  return computed(() => {
    const language = locale.value
    const whole = new Intl.NumberFormat(language)
    const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 })
    const full = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })
    const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium' })
    return {
      bytes: (value) => fileSize(value, language),
      rate: (value) => `${fileSize(value, language)}/s`,
      number: (value) => whole.format(value),
      // Down: what is not done is not 100 %.
      percent: (value) => share.format(Math.floor(value * 100) / 100),
      dateTime: (value) => full.format(new Date(value)),
      day: (value) => date.format(new Date(value)),
      ago: (value, now = Date.now()) => relativeTime(new Date(value).getTime() - now, language),
      duration: (seconds) => duration(seconds, language),
    }
  })
}
