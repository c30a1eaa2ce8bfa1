/** Two numbers that stand for a text: that another one has the same is as good as impossible (FNV-1a, 2 × 32 bits). */
export function hashOf(text: string): readonly [number, number] {
  let one = 0x811c9dc5
  let other = 0x1000193
  for (let at = 0; at < text.length; at += 1) {
    // Identifiers differ in case where Microsoft's answers do.
    const code = text.charCodeAt(at) | 0x20
    one = Math.imul(one ^ code, 0x01000193)
    other = Math.imul(other ^ (code + at), 0x85ebca6b)
    other ^= other >>> 13
  }
  return [one >>> 0, other >>> 0]
}

/** Numbers things in the order in which they are first seen. */
export function numbered<T>() {
  const numbers = new Map<string, number>()
  const things: T[] = []
  return {
    of(key: string, make: () => T): number {
      const known = numbers.get(key)
      if (known !== undefined) return known
      numbers.set(key, things.length)
      return things.push(make()) - 1
    },
    all: (): readonly T[] => things,
  }
}

/** The union of the lines' attributes. Nearly all lines have the same ones, and that is quickly seen. */
export function createAttributes() {
  const known = new Set<string>()
  let last: readonly string[] = []
  return {
    add(names: readonly string[]): void {
      if (names.length === last.length && names.every((name, at) => name === last[at])) return
      for (const name of names) known.add(name)
      last = names
    },
    all: (): readonly string[] => [...known],
  }
}

/** A list of numbers that grows without an object for each. */
export function createColumn<T extends Uint32Array | Float64Array>(make: new (length: number) => T) {
  let values = new make(1024)
  let length = 0
  return {
    push(value: number): void {
      if (length === values.length) {
        const wider = new make(length * 2)
        wider.set(values)
        values = wider
      }
      values[length] = value
      length += 1
    },
    length: () => length,
    // slice gives the same kind of array, of which TypeScript knows only the family.
    all: () => values.slice(0, length) as T,
  }
}

/** Numbers of the lines, the largest amount first, equal ones in their own order: a counting sort over sorted amounts. */
export function descending(amounts: Float64Array): Uint32Array {
  const sorted = amounts.slice().sort()
  const taken = new Uint32Array(amounts.length + 1)
  const order = new Uint32Array(amounts.length)
  for (const [line, amount] of amounts.entries()) {
    const upTo = countUpTo(sorted, amount)
    order[amounts.length - upTo + (taken[upTo] ?? 0)] = line
    taken[upTo] = (taken[upTo] ?? 0) + 1
  }
  return order
}

/** How many of the sorted values are not above this one. */
function countUpTo(sorted: Float64Array, value: number): number {
  let from = 0
  let to = sorted.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((sorted[middle] ?? 0) <= value) from = middle + 1
    else to = middle
  }
  return from
}
