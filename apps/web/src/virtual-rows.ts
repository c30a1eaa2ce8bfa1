/** Browsers draw nothing beyond some 17 million pixels (Firefox; Chrome twice that): a million rows are taller. */
const TALLEST = 15_000_000
const OVERSCAN = 6

export type Rows = { readonly count: number; readonly height: number; readonly viewport: number }

/** Where a list is: the scroll bar's pixel, and the pixel of the list itself that it stands for. */
export type Place = { readonly top: number; readonly at: number }

/** How tall the scrolled element is; less than all rows together when they are too many. */
export function trackOf({ count, height }: Rows): number {
  return Math.min(count * height, TALLEST)
}

/**
 * Where the list is once its bar has moved. Steps of a wheel, a finger or a key move it by as many pixels; a bar that is
 * dragged, or jumps to an end, by its share of the whole.
 */
export function placeAfter(rows: Rows, before: Place, top: number): Place {
  const far = Math.max(0, rows.count * rows.height - rows.viewport)
  const track = Math.max(0, trackOf(rows) - rows.viewport)
  if (far === track) return { top, at: top }
  const step = top - before.top
  const isStep = Math.abs(step) <= rows.viewport * 2 && top > 0 && top < track
  const at = isStep ? before.at + step : (top / track) * far
  return { top, at: Math.min(far, Math.max(0, at)) }
}

/** Where the bar of a list belongs whose pixel `at` is at the top: put there at rest, so that steps never lead astray. */
export function placeOf(rows: Rows, at: number): Place {
  const far = Math.max(0, rows.count * rows.height - rows.viewport)
  const track = Math.max(0, trackOf(rows) - rows.viewport)
  const within = Math.min(far, Math.max(0, at))
  return { top: far === track ? within : Math.round((within / far) * track), at: within }
}

/** Rows from `first` up to but not including `end` are drawn, `before` pixels below the top. */
export function drawnRows(
  rows: Rows,
  { top, at }: Place,
): { readonly first: number; readonly end: number; readonly before: number } {
  const first = Math.max(0, Math.floor(at / rows.height) - OVERSCAN)
  const end = Math.min(rows.count, Math.ceil((at + rows.viewport) / rows.height) + OVERSCAN)
  return { first, end, before: Math.max(0, top - (at - first * rows.height)) }
}
