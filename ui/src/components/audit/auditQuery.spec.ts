import { describe, expect, it } from 'vitest'
import { queryOf, type AuditFilters } from './auditQuery'

const none: AuditFilters = { search: '', actor: '', action: '', project: '', result: '', period: '', from: '', to: '' }
const now = Date.parse('2026-03-08T12:00:00Z')

describe('queryOf', () => {
  it('asks for what was chosen', () =>
    expect(queryOf({ ...none, search: 'app', actor: 'mei', result: 'denied' }, now)).toEqual({
      search: 'app',
      actor: 'mei',
      action: '',
      project: '',
      result: 'denied',
    }))
  it('knows no other result', () => expect(queryOf({ ...none, result: 'x' }, now).result).toBeUndefined())
  it('counts back from now', () =>
    expect(queryOf({ ...none, period: 'week' }, now).from).toBe('2026-03-01T12:00:00.000Z'))
  it('takes whole days', () => {
    const { from, to } = queryOf({ ...none, period: 'days', from: '2026-03-01', to: '2026-03-01' }, now)
    expect(Date.parse(to!) - Date.parse(from!)).toBe(86_400_000 - 1)
  })
  it('may be open at one end', () => {
    const query = queryOf({ ...none, period: 'days', from: '', to: '2026-03-01' }, now)
    expect(query.from).toBeUndefined()
    expect(query.to).toBeDefined()
  })
})
