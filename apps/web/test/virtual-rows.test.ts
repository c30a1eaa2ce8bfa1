import { describe, expect, it } from 'vitest'

import { drawnRows, placeAfter, placeOf, trackOf, type Rows } from '../src/virtual-rows.ts'

const few: Rows = { count: 40, height: 56, viewport: 560 }
const million: Rows = { count: 1_000_000, height: 56, viewport: 560 }

const seen = (rows: Rows, place: { top: number; at: number }) => {
  const first = Math.floor(place.at / rows.height)
  return [first, Math.min(rows.count, Math.ceil((place.at + rows.viewport) / rows.height)) - 1]
}

describe('rows of which only those in sight are drawn', () => {
  it('are all reachable where they are few', () => {
    expect(trackOf(few)).toBe(40 * 56)
    expect(seen(few, placeAfter(few, { top: 0, at: 0 }, 40 * 56 - 560))).toEqual([30, 39])
  })

  it('reach from the first to the last of a million, in an element that a browser can draw', () => {
    expect(trackOf(million)).toBeLessThan(17_000_000)
    const end = placeAfter(million, { top: 0, at: 0 }, trackOf(million) - million.viewport)
    expect(seen(million, end)).toEqual([999_990, 999_999])
    expect(seen(million, placeAfter(million, end, 0))).toEqual([0, 9])
    const middle = placeAfter(million, { top: 0, at: 0 }, (trackOf(million) - million.viewport) / 2)
    expect(seen(million, middle)[0]).toBe(499_995)
  })

  it('move by one row for one row of wheel, wherever they are', () => {
    for (const row of [10, 499_995, 999_900]) {
      const before = placeOf(million, row * 56)
      const after = placeAfter(million, before, before.top + 56)
      expect(after.at - before.at).toBe(56)
      expect(placeAfter(million, after, after.top - 112).at).toBe((row - 1) * 56)
    }
  })

  it('are where the bar says once it has come to rest', () => {
    const dragged = placeAfter(million, { top: 0, at: 0 }, 75_000)
    const rest = placeOf(million, dragged.at)
    expect(Math.abs(rest.top - 75_000)).toBeLessThanOrEqual(1)
    expect(rest.at).toBe(dragged.at)
    // Without it, a wheel turned up from here would arrive at the top of the bar with thousands of rows left.
    let place = rest
    while (place.top > 0)
      place = placeOf(million, placeAfter(million, place, Math.max(0, place.top - 1000)).at)
    expect(place.at).toBe(0)
  })

  it('are drawn so that the first in sight is at its pixel', () => {
    const place = placeOf(million, 499_995.5 * 56)
    const { first, end, before } = drawnRows(million, place)
    expect(end - first).toBeLessThan(30)
    // The row in sight begins half its height above the top of the view.
    expect(before + (499_995 - first) * 56).toBeCloseTo(place.top - 28, 5)
  })

  it('are none where there are none', () => {
    const none: Rows = { count: 0, height: 56, viewport: 560 }
    expect(drawnRows(none, placeAfter(none, { top: 0, at: 0 }, 0))).toEqual({ first: 0, end: 0, before: 0 })
  })
})
