// Pure: until when a token or a robot is good.

export type ExpiryChoice = '30' | '90' | '365' | 'never' | 'day'
export const expiryChoices: ExpiryChoice[] = ['30', '90', '365', 'never', 'day']

export interface Expiry {
  choice: ExpiryChoice
  // As a field of type date has it: 2026-01-31.
  day: string
}

const DAY = 86_400_000
const pad = (value: number) => String(value).padStart(2, '0')

// The day as it is here.
export function dayOf(time: Date): string {
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`
}

export function expiryOf(expiresAt?: string): Expiry {
  return expiresAt ? { choice: 'day', day: dayOf(new Date(expiresAt)) } : { choice: 'never', day: '' }
}

// The chosen day is whole. null: for ever; undefined: no day was chosen, or it is gone.
export function expiresAt({ choice, day }: Expiry, now: number): string | null | undefined {
  if (choice === 'never') return null
  if (choice !== 'day') return new Date(now + Number(choice) * DAY).toISOString()
  const end = new Date(`${day}T23:59:59`)
  return Number.isNaN(end.getTime()) || end.getTime() <= now ? undefined : end.toISOString()
}

export type ExpiryState = 'good' | 'soon' | 'over'

export function expiryState(at: string | undefined, now: number): ExpiryState {
  const left = at ? Date.parse(at) - now : Infinity
  return left <= 0 ? 'over' : left < 14 * DAY ? 'soon' : 'good'
}
