import { send } from './send.ts'
import { differences as changed, readRows, rowsAbout, type Rows } from './snapshot.ts'
import type { Tally } from './tally.ts'
import type { World } from './world.ts'

export type State = { readonly counts: Readonly<Record<string, number>>; readonly victim: Rows }

/** How many rows there are, and those of the other organisation. */
export async function readState({ database, victim }: World): Promise<State> {
  const rows = await readRows(database)
  const counts = Object.fromEntries(Object.entries(rows).map(([name, all]) => [name, all.length]))
  return { counts, victim: rowsAbout(rows, [victim]).rows }
}

/** Sign-in counts wrong passwords here, in a fixed number of rows; nothing else may come from strangers. */
const COUNTED = 'tries'

/** What has changed that must not have; a line each. */
export const differences = {
  ofStrangers: (before: State, after: State): string[] =>
    Object.entries(after.counts)
      .filter(([name, count]) => name !== COUNTED && count !== before.counts[name])
      .map(
        ([name, count]) => `Strangers changed ${name}: it had ${before.counts[name]} rows and has ${count}.`,
      ),
  ofVictim: (before: State, after: State): string[] =>
    changed(before.victim, after.victim).map((it) => `Of the other organisation, ${it}`),
}

/** Resident bytes, as the api itself tells them. */
export async function memory({ api }: World): Promise<number> {
  const { text } = await send(api.port, { method: 'GET', target: '/metrics', headers: [], body: null })
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1] ?? Number.NaN)
}

const MEGABYTE = 1024 * 1024
/**
 * How much more memory it may hold at the end than after the strangers' requests: the collector keeps what it has no
 * reason to give back after the largest bodies and reports. What leaked 8 kB a request would be found in 20,000.
 */
const GROWTH = 150 * MEGABYTE

/** What the process is like at the end: alive, well, no larger, and discreet in its log. A line for each fault. */
export async function aftermath(world: World, calm: number, tally: Tally): Promise<string[]> {
  const code = world.api.exitCode()
  if (code !== null) return [`The process ended with ${code}.`]
  const health = await send(world.api.port, { method: 'GET', target: '/health', headers: [], body: null })
  const now = await memory(world)
  const [from, to] = [calm, now].map((it) => Math.round(it / MEGABYTE))
  tally.note(`memory ${from} MB after the strangers, ${to} MB at the end`)
  const words = world.api.logged()
  return [
    ...(health.status === 200 ? [] : [`/health answers ${health.status}.`]),
    ...(now - calm < GROWTH ? [] : [`It holds ${to} MB, and held ${from} MB before.`]),
    ...(world.secrets.some((it) => words.includes(it)) ? ['The log tells a secret.'] : []),
  ]
}
