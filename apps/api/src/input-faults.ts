/** No body of the API is nested deeper than a handful; what is would overflow the stack of whoever walks it next. */
const DEEPEST = 32

/** What about an input cannot be dealt with, whatever its schema: a sentence, or null. */
export function faultOf(input: unknown): string | null {
  let level = [input]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return `It is nested deeper than ${DEEPEST} levels.`
    // PostgreSQL has no text with a NUL in it; SQLite has, and would cut it when compared.
    if (level.some((it) => typeof it === 'string' && it.includes('\0'))) return 'It contains a NUL character.'
    level = level.flatMap((it) => (typeof it === 'object' && it !== null ? Object.entries(it).flat() : []))
  }
  return null
}
