import type { Language } from 'element-plus/es/locale'
import { createI18n } from 'vue-i18n'
import { shallowRef } from 'vue'

// Each language is one chunk; its texts are one file a page in locales/<language>/.
const languages = {
  en: () => import('./locales/en'),
  'zh-CN': () => import('./locales/zh-CN'),
}

export type LanguageCode = keyof typeof languages
export const languageCodes = Object.keys(languages) as LanguageCode[]
export const languageNames: Record<LanguageCode, string> = { en: 'English', 'zh-CN': '简体中文' }

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: {} })
export const elementLocale = shallowRef<Language>()

export function preferredLanguage(wanted: readonly string[] = navigator.languages): LanguageCode {
  const first = wanted.find((tag) => /^(zh|en)\b/i.test(tag)) ?? 'en'
  return first.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

export async function loadLanguage(code: LanguageCode): Promise<void> {
  const { messages, element } = await languages[code]()
  i18n.global.setLocaleMessage(code, messages)
  ;(i18n.global.locale as { value: string }).value = code
  elementLocale.value = element
  document.documentElement.lang = code
}
