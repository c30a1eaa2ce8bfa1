import { readExact, type ExactObject } from './exact-json.ts'

const NOTHING: ExactObject = { values: {}, written: new Map() }

/** The header of a CSV with these columns (RFC 4180). */
export function csvHeader(columns: readonly string[]): string {
  return row(columns.map((it) => field(it, false)))
}

/** A JSON line as a row of these columns; what the line lacks stays empty. */
export function csvRow(columns: readonly string[], text: string): string {
  const { values, written } = readExact(text) ?? NOTHING
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
