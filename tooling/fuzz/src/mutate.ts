import * as fc from 'fast-check'

import { NASTY_KEYS, NASTY_VALUES } from './random-text.ts'

type Path = readonly (string | number)[]

/** The value with one thing about it wrong: a part replaced, left out, doubled or added. */
export function mutated(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const nasty = fc.oneof(fc.constantFrom(...NASTY_VALUES), fc.anything({ maxDepth: 3 }).map(jsonOf))
  const kind = fc.constantFrom('replace', 'remove', 'add', 'wrap')
  return fc.tuple(valid, fc.nat(50), kind, fc.constantFrom(...NASTY_KEYS), nasty).map(mutate)
}

function mutate([valid, place, kind, key, nasty]: [unknown, number, string, string, unknown]): unknown {
  const value = structuredClone(valid)
  const paths = pathsOf(value)
  const path = paths[place % paths.length] ?? []
  const name = path.at(-1)
  const parent = at(value, path.slice(0, -1))
  if (kind === 'wrap') return place % 2 === 0 ? [value] : { data: value }
  if (kind === 'add' && isRecord(value)) return withKey(value, key, nasty)
  if (name === undefined || !isRecord(parent)) return nasty
  if (kind === 'remove') delete parent[name]
  else parent[name] = nasty
  return value
}

// Assigning to `__proto__` would set the prototype instead of making a key that is sent.
function withKey(value: object, key: string, added: unknown): object {
  return Object.defineProperty(value, key, { value: added, enumerable: true, configurable: true })
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (!isRecord(value)) return [path]
  return [path, ...Object.keys(value).flatMap((key) => pathsOf(value[key], [...path, key]))]
}

function at(value: unknown, path: Path): unknown {
  return path.reduce((inner: unknown, key) => (isRecord(inner) ? inner[key] : undefined), value)
}

function isRecord(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null
}

/** What is left of a value once it has been JSON; what never can be is null. */
function jsonOf(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null')
  } catch {
    return null
  }
}
