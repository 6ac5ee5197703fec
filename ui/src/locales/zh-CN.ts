import element from 'element-plus/es/locale/lang/zh-cn'
import { collect, type Texts } from './collect'

export const messages = collect(import.meta.glob<Texts>('./zh-CN/*.json', { eager: true, import: 'default' }))
export { element }
