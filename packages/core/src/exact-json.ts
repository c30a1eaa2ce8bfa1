/** A JSON object as it was written. */
export type ExactObject = {
  readonly values: Readonly<Record<string, unknown>>
  /** The digits of its numbers, which a binary number may not keep. */
  readonly written: ReadonlyMap<string, string>
}

/** Reads a JSON object with its numbers as they were written; null when it is something else. Throws `SyntaxError`. */
export function readExact(text: string): ExactObject | null {
  const numbers: [holder: unknown, key: string, written: string][] = []
  const parsed: unknown = JSON.parse(
    text,
    function keep(this: unknown, key, value: unknown, context?: { source?: string }) {
      if (typeof value === 'number' && context?.source) numbers.push([this, key, context.source])
      return value
    },
  )
  if (!isObject(parsed)) return null
  // Nested values have numbers, too, perhaps of the same name.
  const own = numbers.filter(([holder]) => holder === parsed)
  return {
    values: Object.fromEntries(Object.entries(parsed)),
    written: new Map(own.map(([, key, written]) => [key, written])),
  }
}

/** Neither null nor a list. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
