import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const ROOT = resolve(import.meta.dirname, '../../..')
const PATIENCE = 60_000
const REMEMBERED = 20_000_000

export type Env = Readonly<Record<string, string>>

export type Api = {
  readonly port: number
  /** All that it has written so far, up to 20 MB of the newest. */
  logged(): string
  /** Null while it runs. */
  exitCode(): number | string | null
  /** Ends it politely and gives its exit code. */
  stop(): Promise<number | null>
}

/** Starts the api as it is, and waits until it is ready. */
export async function startApi(env: Env, port: number): Promise<Api> {
  const child = spawn(process.execPath, ['apps/api/src/main.ts'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = () => void child.kill('SIGKILL')
  process.once('exit', end)
  const ended = once(child, 'close').then(() => process.off('exit', end))
  let words = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      words += text
      if (words.length > 2 * REMEMBERED) words = words.slice(-REMEMBERED)
    })
  }
  const deadline = Date.now() + PATIENCE
  while (!(await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null))?.ok) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error(`The api is not ready:\n${words}`)
    await sleep(50)
  }
  return {
    port,
    logged: () => words,
    exitCode: () => child.exitCode ?? child.signalCode,
    async stop() {
      child.kill('SIGTERM')
      await ended
      return child.exitCode
    },
  }
}
