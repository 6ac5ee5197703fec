import element from 'element-plus/es/locale/lang/en'
import { collect, type Texts } from './collect'

export const messages = collect(import.meta.glob<Texts>('./en/*.json', { eager: true, import: 'default' }))
export { element }
