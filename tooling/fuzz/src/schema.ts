import * as fc from 'fast-check'

import { NASTY_TEXTS } from './random-text.ts'

/** As much of JSON Schema as the document uses. */
export type Schema = {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

/** Better guesses for a property of this name than its schema allows. */
export type Hints = Readonly<Record<string, fc.Arbitrary<unknown>>>

/** Values that a schema allows, with its boundaries more often than chance. `$ref` is not needed in what is sent. */
export function validValue(schema: Schema, hints: Hints = {}): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) throw new TypeError(`A request refers to ${schema.$ref}.`)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.const !== undefined) return fc.constant(schema.const)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return fc.oneof(...choices.map((it) => validValue(it, hints)))
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['string'])
  return fc.oneof(...types.map((type) => ofType(type, schema, hints)))
}

function ofType(type: string, schema: Schema, hints: Hints): fc.Arbitrary<unknown> {
  if (type === 'null') return fc.constant(null)
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer') return wholeNumber(schema)
  if (type === 'number') return fc.oneof(wholeNumber(schema), fc.double({ noNaN: true }))
  if (type === 'array') return list(schema, hints)
  if (type === 'object') return record(schema, hints)
  return text(schema)
}

function wholeNumber({ minimum: min = -1000, maximum: max = 100_000 }: Schema): fc.Arbitrary<number> {
  return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max))
}

function list({ items = {}, minItems = 0, maxItems = 5 }: Schema, hints: Hints): fc.Arbitrary<unknown> {
  const maxLength = Math.max(minItems, Math.min(maxItems, 5))
  return fc.array(validValue(items, hints), { minLength: minItems, maxLength })
}

/** Optional by itself, and yet hardly anything gets through without it: what is wrong with it comes by mutation. */
const ALWAYS: ReadonlySet<string> = new Set(['clientSecrets'])

function record({ properties = {}, required = [] }: Schema, hints: Hints): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const hint = hints[name]
    const plain = validValue(schema, hints)
    if (hint && ALWAYS.has(name)) return [name, hint] as const
    return [name, hint ? fc.oneof({ weight: 3, arbitrary: hint }, plain) : plain] as const
  })
  const present = Object.keys(properties).filter((it) => required.includes(it) || ALWAYS.has(it))
  return fc.record(Object.fromEntries(fields), { requiredKeys: present })
}

function text({ format, pattern, minLength = 0, maxLength = 300 }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid()
  if (format === 'date-time') {
    const dates = { min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }
    return fc.date(dates).map((it) => it.toISOString())
  }
  if (format === 'uri') return fc.webUrl()
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern))
  const nasty = NASTY_TEXTS.filter((it) => it.length >= minLength && it.length <= maxLength)
  return fc.oneof(
    fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 40) }),
    fc.constantFrom('x'.repeat(minLength), 'x'.repeat(maxLength)),
    fc.constantFrom(...nasty),
  )
}
