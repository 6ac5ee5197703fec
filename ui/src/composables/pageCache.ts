import { isAborted, type Page } from '@/api/client'

export type LoadPage<T> = (offset: number, limit: number, signal: AbortSignal) => Promise<Page<T>>

interface Slot<T> {
  rows?: T[]
  controller?: AbortController
  used: number
}

export interface PageCacheOptions {
  pageSize?: number
  // Pages that are kept; those not looked at for the longest time go first.
  keep?: number
  changed?: () => void
}

// Rows of a long list by their number. Only the pages around what is looked at are loaded; requests for pages that were
// passed by are given up.
export class PageCache<T> {
  total: number | undefined
  error: unknown
  private readonly slots = new Map<number, Slot<T>>()
  private readonly pageSize: number
  private readonly keep: number
  private readonly changed: () => void
  private clock = 0

  constructor(
    private readonly load: LoadPage<T>,
    { pageSize = 100, keep = 40, changed = () => {} }: PageCacheOptions = {},
  ) {
    this.pageSize = pageSize
    this.keep = keep
    this.changed = changed
  }

  row(index: number): T | undefined {
    return this.slots.get(Math.floor(index / this.pageSize))?.rows?.[index % this.pageSize]
  }

  loaded(): T[] {
    return [...this.slots.values()].flatMap((slot) => slot.rows ?? [])
  }

  get busy(): boolean {
    return [...this.slots.values()].some((slot) => slot.controller)
  }

  // The rows from `first` up to, not including, `end` are looked at.
  need(first: number, end: number): void {
    const from = Math.max(0, Math.floor(first / this.pageSize))
    const last = Math.max(from, Math.ceil(Math.min(end, this.total ?? end) / this.pageSize) - 1)
    for (const [page, slot] of this.slots)
      if (slot.controller && !slot.rows && (page < from || page > last)) this.giveUp(page, slot)
    for (let page = from; page <= last; page += 1) this.needPage(page)
    this.forget()
  }

  // After a failure: what is looked at is asked for again with the next need().
  retry(): void {
    this.error = undefined
  }

  // The list changed at the server. Rows stay to be seen until their new ones are here.
  refresh(first: number, end: number): void {
    for (const [page, slot] of this.slots) {
      slot.controller?.abort()
      slot.controller = undefined
      if ((page + 1) * this.pageSize <= first || page * this.pageSize >= end) this.slots.delete(page)
    }
    this.error = undefined
    for (const [page, slot] of this.slots) void this.fetch(page, slot)
    this.need(first, end)
  }

  stop(): void {
    for (const slot of this.slots.values()) slot.controller?.abort()
    this.slots.clear()
  }

  private needPage(page: number): void {
    const known = this.slots.get(page)
    const slot = known ?? { used: 0 }
    slot.used = ++this.clock
    if (known || this.error) return
    this.slots.set(page, slot)
    void this.fetch(page, slot)
  }

  private async fetch(page: number, slot: Slot<T>): Promise<void> {
    const controller = new AbortController()
    slot.controller = controller
    const current = () => this.slots.get(page) === slot && slot.controller === controller
    try {
      const answer = await this.load(page * this.pageSize, this.pageSize, controller.signal)
      if (!current()) return
      slot.rows = answer.items
      this.total = answer.total ?? answer.items.length
    } catch (failure) {
      if (!current() || isAborted(failure)) return
      if (!slot.rows) this.slots.delete(page)
      this.error = failure
    }
    slot.controller = undefined
    this.changed()
  }

  private giveUp(page: number, slot: Slot<T>): void {
    slot.controller?.abort()
    this.slots.delete(page)
  }

  private forget(): void {
    const oldest = [...this.slots].sort(([, a], [, b]) => a.used - b.used)
    for (const [page, slot] of oldest.slice(0, Math.max(0, oldest.length - this.keep))) this.giveUp(page, slot)
  }
}
