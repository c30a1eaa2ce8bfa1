import type * as fc from 'fast-check'

import type { Actor } from './actors.ts'
import { operationsOf, type Document, type Operation } from './document.ts'
import { OTHERS } from './other-targets.ts'
import { hintsFor, requestsOf, type Callers, type Plan } from './requests.ts'
import type { World } from './world.ts'

export type Target = {
  readonly name: string
  /** What the document promises, where it does. */
  readonly operation: Operation | null
  readonly plans: fc.Arbitrary<Plan>
}

/** All that can be asked for: the document's operations, and whatever else listens. By anybody unless told who. */
export function targetsOf(world: World, document: Document, only?: Callers): Target[] {
  const hints = hintsFor(world.known.tenant ?? [], world.issuer)
  const described = operationsOf(document).map((operation) => ({
    name: operation.name,
    operation,
    plans: requestsOf(operation, only ?? anybody(operation), hints),
  }))
  const others = OTHERS.map(({ name, make, callers }) => {
    const who: Callers = (actors) => (callers ?? all)((only ?? all)(actors))
    return { name, operation: null, plans: make(who) }
  })
  return [...described, ...others]
}

export const strangersOnly: Callers = (actors) => actors.filter((it) => !it.known)

const all: Callers = (actors) => actors

/** Everybody, and those who may call it three times as often. */
function anybody({ description }: Operation): Callers {
  return (actors) => {
    const may = actors.filter((it) => mayCall(it, description))
    return [...actors, ...may, ...may]
  }
}

function mayCall({ name }: Actor, description: string): boolean {
  const role = /role (\w+)/.exec(description)?.[1]
  if (name.startsWith('key all')) return description.includes('service key')
  return (name.startsWith('owner') && role !== undefined) || (name.startsWith('admin') && role === 'admin')
}
