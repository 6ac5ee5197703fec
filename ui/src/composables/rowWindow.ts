// Pure: which rows of a long list are in sight. Rows have one height, so nothing needs measuring.

// Browsers lay out elements up to some ten million pixels; a longer list scrolls faster than its rows are high.
export const MAX_HEIGHT = 8_000_000

export interface Geometry {
  total: number
  rowHeight: number
  // Height of what shows the rows.
  viewport: number
  maxHeight?: number
}

export interface RowWindow {
  first: number
  end: number
  // Where row `first` is drawn, in pixels from the start of the scrolled area.
  top: number
}

export const scrolledHeight = ({ total, rowHeight, maxHeight = MAX_HEIGHT }: Geometry): number =>
  Math.min(total * rowHeight, maxHeight)

// How many pixels of rows one pixel of the scrollbar moves: 1 unless the list is too long for the browser.
function scaleOf(geometry: Geometry): number {
  const room = scrolledHeight(geometry) - geometry.viewport
  const rows = geometry.total * geometry.rowHeight - geometry.viewport
  return room > 0 && rows > room ? rows / room : 1
}

export function rowsInSight(geometry: Geometry, scrollTop: number, beyond = 6): RowWindow {
  const { total, rowHeight, viewport } = geometry
  const offset = Math.max(0, scrollTop) * scaleOf(geometry)
  const first = Math.max(0, Math.min(total - 1, Math.floor(offset / rowHeight)) - beyond)
  const end = Math.min(total, Math.ceil((offset + viewport) / rowHeight) + beyond)
  return { first, end, top: Math.max(0, scrollTop) + first * rowHeight - offset }
}

// Where to scroll so that the row is whole to be seen; where we are when it is already.
export function scrollToRow(geometry: Geometry, scrollTop: number, index: number): number {
  const scale = scaleOf(geometry)
  const offset = scrollTop * scale
  const top = index * geometry.rowHeight
  if (top < offset) return top / scale
  const bottom = top + geometry.rowHeight - geometry.viewport
  return bottom > offset ? bottom / scale : scrollTop
}

// Which row a key leads to, for the keys that move; undefined for others.
export function rowAfterKey(key: string, index: number, { total, rowHeight, viewport }: Geometry): number | undefined {
  const page = Math.max(1, Math.floor(viewport / rowHeight) - 1)
  const steps: Record<string, number> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: total - 1,
  }
  const wanted = steps[key]
  return wanted === undefined ? undefined : Math.max(0, Math.min(total - 1, wanted))
}
