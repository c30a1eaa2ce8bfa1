import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { generateKeyEntry } from '@consentry/core'
import { createMicrosoft, demo, type Microsoft } from '@consentry/microsoft-simulator'

import { buildConsole } from './console.ts'
import { createPeople, type People } from './people.ts'
import { freePort } from './ports.ts'
import { startProgram } from './program.ts'

const PREFERRED_PORT = 3000
const PATIENCE = 60_000

export type Stack = People & {
  /** Where the console is. */
  readonly url: string
  readonly simulator: Microsoft
  /** What api and worker run with; the command line does, too. */
  readonly env: Readonly<Record<string, string>>
  /** Rejects if the api or the worker ends by itself. */
  readonly crashed: Promise<never>
  /** Ends everything and removes the database. Calling it twice is fine. */
  stop(): Promise<void>
}

export type StackOptions = {
  /** Told what takes long. */
  readonly say?: (line: string) => void
  /** Taken if it is free, any other otherwise; 3000 by default. */
  readonly port?: number
  /** Another database than a throwaway SQLite file; it is left behind. */
  readonly databaseUrl?: string
}

/**
 * Starts a Microsoft simulator in this process, and api with console and worker as processes of their own, on a SQLite
 * file that goes with them. Resolves when they are ready to be used.
 */
export async function startStack({
  say = () => undefined,
  port: wanted = PREFERRED_PORT,
  databaseUrl,
}: StackOptions = {}): Promise<Stack> {
  await buildConsole(say)
  const undo: (() => Promise<unknown>)[] = []
  const stop = once(async () => {
    for (const step of undo.toReversed()) await step()
  })
  try {
    const folder = await mkdtemp(join(tmpdir(), 'consentry-demo-'))
    undo.push(() => rm(folder, { recursive: true, force: true }))
    const port = await freePort(wanted)
    const url = `http://localhost:${port}`
    const simulator = createMicrosoft()
    const { urls, close } = await simulator.listen()
    undo.push(close)
    simulator.control.addRedirectUri(`${url}/consent/callback`)
    const database = databaseUrl ?? `file:${join(folder, 'demo.db')}`
    const env = environment({ url, port, database, microsoft: urls })
    const people = await createPeople(env)
    const programs = ['api', 'worker'].map((name) => startProgram(name, env))
    undo.push(() => Promise.all(programs.map((it) => it.stop())))
    const crashed = Promise.race(programs.map((it) => it.crashed))
    crashed.catch(() => undefined)
    await Promise.race([ready(url), crashed])
    return { ...people, url, simulator, env, crashed, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Place = {
  readonly url: string
  readonly port: number
  readonly database: string
  readonly microsoft: Microsoft['urls']
}

function environment({ url, port, database, microsoft }: Place): Record<string, string> {
  return {
    CONSENTRY_URL: url,
    PORT: String(port),
    DATABASE_URL: database,
    CONSENTRY_KEYS: generateKeyEntry(new Date()),
    CONSENTRY_SECRET: randomBytes(32).toString('hex'),
    MICROSOFT_CLIENT_ID: demo.app.clientId,
    MICROSOFT_CLIENT_SECRETS: demo.app.clientSecret,
    MICROSOFT_LOGIN_URL: microsoft.login,
    MICROSOFT_PARTNER_CENTER_URL: microsoft.partnerCenter,
    MICROSOFT_GRAPH_URL: microsoft.graph,
  }
}

async function ready(url: string): Promise<void> {
  const deadline = Date.now() + PATIENCE
  let last = 'no answer'
  while (Date.now() < deadline) {
    const answer = await fetch(`${url}/ready`).catch(() => null)
    if (answer?.ok) return
    if (answer) last = await answer.text()
    await sleep(100)
  }
  throw new Error(`The api is not ready after ${PATIENCE / 1000} seconds: ${last}`)
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => (running ??= work())
}
