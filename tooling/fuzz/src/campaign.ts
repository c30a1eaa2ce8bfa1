import * as fc from 'fast-check'

import { aftermath, differences, readState, memory } from './aftermath.ts'
import { operationsOf, readDocument, type Document } from './document.ts'
import { createOracle } from './oracle.ts'
import { misbehaving } from './misbehaving.ts'
import type { Plan } from './requests.ts'
import { curlOf, send, type Answer } from './send.ts'
import { createTally, type Tally } from './tally.ts'
import { strangersOnly, targetsOf, type Target } from './targets.ts'
import type { World } from './world.ts'

export type Order = {
  readonly requests: number
  readonly seed: number
  /** Only targets whose name contains this. */
  readonly only?: string | undefined
}

/** Of all requests, by those who show nothing that is good for anything. */
const STRANGERS = 0.2
/** Of all requests, while Microsoft answers something else than it does in its documents. */
const MISBEHAVING = 0.04
/** Requests under way at once. */
const LANES = 4

export type Outcome = { readonly faults: readonly string[]; readonly tally: Tally }

/** Sends as many requests as ordered, and tells what was wrong: of single answers, and of what they left behind. */
export async function attack(world: World, order: Order): Promise<Outcome> {
  const document = await readDocument(world.url)
  const tally = createTally(operationsOf(document).map((it) => it.name))
  const play = createPlay(world, document, tally, order)
  const before = await readState(world)
  const faults = await play(targetsOf(world, document, strangersOnly), STRANGERS)
  faults.push(...differences.ofStrangers(before, await readState(world)))
  const calm = await memory(world)
  faults.push(...(await play(targetsOf(world, document), 1 - STRANGERS - MISBEHAVING)))
  // One after the other: what goes wrong is set up for one request.
  faults.push(...(await play(misbehaving(targetsOf(world, document)), MISBEHAVING, 1)))
  world.microsoft.control.clearFaults()
  faults.push(...differences.ofVictim(before, await readState(world)))
  faults.push(...(await aftermath(world, calm, tally)))
  return { faults, tally }
}

type Play = (targets: readonly Target[], share: number, lanes?: number) => Promise<string[]>

/** Plays targets with a share of all requests; the same seed sends the same. Gives what was wrong. */
function createPlay(world: World, document: Document, tally: Tally, order: Order): Play {
  const oracle = createOracle(world, document)

  async function judge(plan: Plan, { operation }: Target): Promise<void> {
    const asked = plan(world)
    const answer = await send(world.api.port, asked.sent)
    tally.add(asked, answer, operation)
    learn(world, operation?.name ?? '', answer)
    const fault = oracle(asked, answer, operation)
    if (fault !== null) throw new Error(fault)
  }

  return async (targets, share, lanes = LANES) => {
    const chosen = targets.filter(({ name }) => order.only === undefined || name.includes(order.only))
    const numRuns = Math.ceil((order.requests * share) / Math.max(1, chosen.length))
    const waiting = chosen.map((target, place) => ({ target, seed: order.seed * 1000 + place }))
    const faults: string[] = []
    const lane = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { target, seed } = next
        const property = fc.asyncProperty(target.plans, (plan) => judge(plan, target))
        const found = await fc.check(property, { numRuns, seed })
        if (found.failed) faults.push(await describe(world, target, found))
      }
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    return faults
  }
}

type Found = { readonly counterexample: [Plan] | null; readonly errorInstance: unknown }

/** Sends what it was shrunk to once more, for its answer, and what the log says of it. */
async function describe(world: World, { name }: Target, { counterexample, errorInstance }: Found) {
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
  const plan = counterexample?.[0]
  if (!plan) return `${name}: ${why}`
  const { sent, actor } = plan(world)
  const said = await send(world.api.port, sent).then(
    ({ status, headers, text }) => `${status} ${JSON.stringify(headers)}\n${text.slice(0, 1500)}`,
    String,
  )
  const reference = /recorded under ([\da-f-]{36})/.exec(said)?.[1]
  const logged =
    reference &&
    world.api
      .logged()
      .split('\n')
      .find((it) => it.includes(`"reference":"${reference}"`))
  return [`${name}, by ${actor.name}: ${why}`, curlOf(world.url, sent), said, logged ?? ''].join('\n')
}

/** Ids that requests made go into later requests. */
function learn({ known }: World, name: string, { status, text }: Answer): void {
  if (name === 'PUT /notifications' && status === 200) learnChannels(known, text)
  const into = LEARNT[name]
  if (!into || status < 200 || status >= 300) return
  // What is not there is not learnt.
  const body = JSON.parse(text) as Readonly<Record<string, unknown>>
  const id = body[into.from]
  const pool = known[into.pool]
  if (typeof id === 'string' && pool && pool.length < 300 && !pool.includes(id)) pool.push(id)
}

function learnChannels(known: World['known'], text: string): void {
  // What the contract says that it answers.
  const { channels } = JSON.parse(text) as { channels: readonly { id: string }[] }
  // The others are gone.
  known.channelId?.splice(0, 100, ...channels.map((it) => it.id))
}

const LEARNT: Readonly<Record<string, { from: string; pool: string }>> = {
  'POST /connections': { from: 'microsoftId', pool: 'id' },
  'POST /connections/{id}/consent-links': { from: 'attemptId', pool: 'attemptId' },
  'POST /connections/{id}/billing-reports': { from: 'id', pool: 'reportId' },
  'POST /service-keys': { from: 'id', pool: 'keyId' },
  'POST /invitations': { from: 'id', pool: 'invitationId' },
  'POST /workload-identities': { from: 'id', pool: 'identityId' },
}
