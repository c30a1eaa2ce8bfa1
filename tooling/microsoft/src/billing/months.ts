/** Months are counted since year 0, so that arithmetic needs no calendar. */
export function monthOf(date: Date): number {
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

export function startOfMonth(month: number): Date {
  return new Date(Date.UTC(Math.floor(month / 12), month % 12, 1))
}

/** Microsoft's dates have no fraction of a second. */
export function wholeSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}
