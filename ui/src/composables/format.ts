// Pure: values as the language writes them.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

// Three digits at most, so that columns stay narrow: 1.42 GiB, 14.2 GiB, 142 GiB.
export function fileSize(bytes: number, language: string): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit + 1 < UNITS.length) {
    value /= 1024
    unit += 1
  }
  const fractionDigits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  const text = new Intl.NumberFormat(language, { maximumFractionDigits: fractionDigits }).format(value)
  return `${text} ${UNITS[unit]}`
}

const SPANS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86400],
  ['month', 30 * 86400],
  ['week', 7 * 86400],
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
]

export function relativeTime(milliseconds: number, language: string): string {
  const seconds = milliseconds / 1000
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  for (const [unit, span] of SPANS)
    if (Math.abs(seconds) >= span) return format.format(Math.trunc(seconds / span), unit)
  return format.format(0, 'second')
}

function inUnit(value: number, unit: string, language: string): string {
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'narrow' }).format(value)
}

// The two largest units: 2h 5m, 3m 20s, 8s.
export function duration(seconds: number, language: string): string {
  const total = Math.max(0, Math.round(seconds))
  if (seconds < 1 && seconds > 0) return inUnit(Math.round(seconds * 1000), 'millisecond', language)
  const parts: [number, string][] = [
    [Math.floor(total / 86400), 'day'],
    [Math.floor(total / 3600) % 24, 'hour'],
    [Math.floor(total / 60) % 60, 'minute'],
    [total % 60, 'second'],
  ]
  const first = parts.findIndex(([value]) => value > 0)
  if (first < 0) return inUnit(0, 'second', language)
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => inUnit(value, unit, language))
    .join(' ')
}
