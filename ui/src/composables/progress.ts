import type { Progress } from '@/api/types'

// 0 to 1; undefined without a total.
export function shareOf(done: number, total?: number): number | undefined {
  return total ? Math.min(1, done / total) : undefined
}

// Of several under way: by bytes where all have totals.
export function shareOfAll(all: (Progress | undefined)[]): number | undefined {
  let done = 0
  let total = 0
  for (const progress of all) {
    if (!progress?.total) return undefined
    done += progress.done
    total += progress.total
  }
  return shareOf(done, total)
}
