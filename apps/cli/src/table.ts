/** Rows under headings in columns of equal width; `nothing` when there are no rows. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  nothing: string,
): string {
  if (rows.length === 0) return nothing
  const lines = [headings, ...rows]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** `2027-01-31 04:05` in UTC, or a dash. */
export function moment(instant: Date | string | null): string {
  if (instant === null) return '-'
  return new Date(instant).toISOString().slice(0, 16).replace('T', ' ')
}
