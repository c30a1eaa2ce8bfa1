import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { freePort } from '@consentry/db/testing'

import type { Order, Told } from './order.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const HOOK = join(import.meta.dirname, 'hook.ts')
const STARVE = join(import.meta.dirname, 'starve.ts')
const PATIENCE = 60_000

export type Env = Readonly<Record<string, string>>
export type Ended = { readonly code: number | null; readonly killed: boolean; readonly words: string }

/** Runs one of the product's programs, as it is, to its end. With an order it dies at that fault point. */
export async function run(args: readonly string[], env: Env, order?: Order): Promise<Ended> {
  const child = start(args, env, order)
  return child.ended
}

/** The fault points that a program passes when nothing kills it. */
export async function pointsOf(args: readonly string[], env: Env): Promise<string[]> {
  const report = join(tmpdir(), `consentry-points-${process.pid}-${Math.random().toString(36).slice(2)}`)
  const { code, words } = await run(args, env, { killAt: 0, report })
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${words}`)
  const points = readFileSync(report, 'utf8').split('\n')
  rmSync(report)
  return points
}

export type Server = {
  readonly url: string
  /** From now on fault points count. */
  tell(order: Order): Promise<void>
  points(): Promise<string[]>
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL' | 'SIGTERM'): void
  readonly ended: Promise<Ended>
  stop(): Promise<void>
}

/** The api, ready to be called. */
export async function startApi(env: Env): Promise<Server> {
  const port = await freePort()
  const child = start(['apps/api/src/main.ts'], { ...env, PORT: String(port) }, { killAt: 0 })
  const url = `http://127.0.0.1:${port}`
  const deadline = Date.now() + PATIENCE
  while (!(await fetch(`${url}/ready`).catch(() => null))?.ok) {
    if (Date.now() > deadline) throw new Error(`The api is not ready:\n${(await child.ended).words}`)
    await sleep(30)
  }
  return {
    url,
    ended: child.ended,
    async tell(order) {
      child.process.send({ order } satisfies Told)
      // Messages are taken in order: once the next is answered, this one was heard.
      await ask(child.process)
    },
    points: () => ask(child.process),
    signal: (name) => void child.process.kill(name),
    async stop() {
      child.process.kill('SIGTERM')
      await child.ended
    },
  }
}

/** The worker, until it is stopped. */
export function startWorker(env: Env): Pick<Server, 'signal' | 'ended' | 'stop'> {
  const child = start(['apps/worker/src/main.ts'], env)
  return {
    ended: child.ended,
    signal: (name) => void child.process.kill(name),
    async stop() {
      child.process.kill('SIGTERM')
      await child.ended
    },
  }
}

async function ask(child: ChildProcess): Promise<string[]> {
  const answer = once(child, 'message')
  child.send({ ask: 'points' } satisfies Told)
  const [seen] = await answer
  return Array.isArray(seen) ? seen.map(String) : []
}

function start(args: readonly string[], env: Env, order?: Order) {
  const [main = '', ...rest] = args
  const hook = [...(order ? ['--import', HOOK] : []), ...(env.STARVE ? ['--import', STARVE] : [])]
  const child = spawn(process.execPath, [...hook, join(ROOT, main), ...rest], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env, ...(order ? { CRASH: JSON.stringify(order) } : {}) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const words: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => void words.push(text))
  }
  const end = () => void child.kill('SIGKILL')
  process.once('exit', end)
  const ended = once(child, 'close').then((): Ended => {
    process.off('exit', end)
    const killed = child.signalCode === 'SIGKILL'
    return { code: child.exitCode, killed, words: words.join('').slice(-4000) }
  })
  return { process: child, ended }
}
