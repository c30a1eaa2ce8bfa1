/** A template with a value in each of its `{gaps}`. */
export function fillGaps(template: string, valueOf: (gap: string) => string | number): string {
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, gap: string) => String(valueOf(gap)))
  // A company's name may end in a full stop of its own.
  return filled.replaceAll(/(?<!\.)\.\.(?=\s|$)/g, '.')
}

/**
 * The values that a text has in the `{gaps}` of its template; null when it was not made of this template. The other
 * direction of filling, for texts that are kept filled.
 */
export function readGaps(template: string, text: string): Readonly<Record<string, string>> | null {
  const [start = '', ...rest] = template.split(/\{(\w+)\}/)
  if (!text.startsWith(start)) return null
  const values: Record<string, string> = {}
  let at = start.length
  for (let i = 0; i < rest.length; i += 2) {
    const [name = '', behind = ''] = rest.slice(i, i + 2)
    const last = i + 2 === rest.length
    const end = last ? text.length - behind.length : text.indexOf(behind, at)
    if (end < at || !text.startsWith(behind, end)) return null
    values[name] = text.slice(at, end)
    at = end + behind.length
  }
  return at === text.length ? values : null
}
