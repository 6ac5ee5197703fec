import { config } from '@vue/test-utils'
import { beforeAll } from 'vitest'
import { i18n, loadLanguage } from '@/i18n'

config.global.plugins = [i18n]
beforeAll(() => loadLanguage('en'))
