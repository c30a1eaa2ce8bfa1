/** The header of a CSV with these columns (RFC 4180). */
export function csvHeader(columns: readonly string[]): string {
  return row(columns.map((it) => field(it, false)))
}

/** A JSON line as a row of these columns; what the line lacks stays empty. */
export function csvRow(columns: readonly string[], text: string): string {
  const { values, written } = readExact(text)
  return row(
    columns.map((it) => {
      const number = written.get(it)
      return number === undefined ? field(asText(values[it]), false) : field(number, true)
    }),
  )
}

function row(fields: readonly string[]): string {
  return `${fields.join(',')}\r\n`
}

type Line = {
  readonly values: Readonly<Record<string, unknown>>
  readonly written: ReadonlyMap<string, string>
}

/** The line's values, and its numbers with the digits they were written with. */
function readExact(text: string): Line {
  const numbers: [holder: unknown, key: string, written: string][] = []
  const parsed: unknown = JSON.parse(
    text,
    function exact(this: unknown, key, value: unknown, context?: { source?: string }) {
      if (typeof value === 'number' && context?.source) numbers.push([this, key, context.source])
      return value
    },
  )
  // Nested values have numbers, too, perhaps of the same name.
  const own = numbers.filter(([holder]) => holder === parsed)
  return {
    values: Object.fromEntries(Object.entries(parsed ?? {})),
    written: new Map(own.map(([, key, written]) => [key, written])),
  }
}

/** Nested values are kept as JSON. */
function asText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

// What a spreadsheet would run as a formula begins with one of these (OWASP, CSV injection), in their wide forms, too.
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/
const NUMBER = /^-?\d+(\.\d+)?$/

/** A text that would run as a formula is kept from it by an apostrophe; numbers, negative ones too, stay numbers. */
function field(value: string, isNumber: boolean): string {
  const harmless = !isNumber && FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
