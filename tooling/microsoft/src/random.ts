import { createHash } from 'node:crypto'

/** A seeded source of numbers: the same seed gives the same sequence on every machine. */
export type Random = {
  /** A number in [0, 1). */
  next(): number
  /** An integer in [min, max], both included. */
  integer(min: number, max: number): number
  pick<T>(values: readonly T[]): T
}

/** Mulberry32, seeded from any text. Not for secrets. */
export function createRandom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  function next(): number {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  function integer(min: number, max: number): number {
    return min + Math.floor(next() * (max - min + 1))
  }
  function pick<T>(values: readonly T[]): T {
    const value = values[integer(0, values.length - 1)]
    if (value === undefined) throw new TypeError('There is nothing to pick from.')
    return value
  }
  return { next, integer, pick }
}

/** A GUID that depends on nothing but the text. */
export function guidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
