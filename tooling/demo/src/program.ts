import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const ROOT = resolve(import.meta.dirname, '../../..')
const REMEMBERED = 40
// The programs themselves give up after eight seconds.
const PATIENCE = 9_000

export type Program = {
  /** Rejects with the program's last words if it ends by itself; never resolves. */
  readonly crashed: Promise<never>
  stop(): Promise<void>
}

/** Starts one of the house's programs, `apps/<name>/src/main.ts`, with this environment and no more. */
export function startProgram(name: string, env: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, [resolve(ROOT, `apps/${name}/src/main.ts`)], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const killed = () => void child.kill('SIGKILL')
  process.once('exit', killed)
  const lastWords: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      lastWords.push(...text.trimEnd().split('\n'))
      lastWords.splice(0, lastWords.length - REMEMBERED)
    })
  }
  const ended = once(child, 'close')
  let stopping = false
  const crashed = ended.then(() => {
    if (stopping) return new Promise<never>(() => undefined)
    throw new Error(
      `${name} ended by itself (${child.exitCode ?? child.signalCode}):\n${lastWords.join('\n')}`,
    )
  })
  // Whoever waits for it hears of it; nobody waiting is fine, too.
  crashed.catch(() => undefined)
  return {
    crashed,
    async stop() {
      stopping = true
      child.kill('SIGTERM')
      await Promise.race([ended, sleep(PATIENCE, undefined, { ref: false })])
      child.kill('SIGKILL')
      await ended
      process.off('exit', killed)
    },
  }
}
