import { once } from 'node:events'
import { parseArgs } from 'node:util'

import { startStack, type Stack } from './stack.ts'
import { walk } from './walk.ts'
import { welcome } from './welcome.ts'

const { values } = parseArgs({ options: { walk: { type: 'boolean', default: false } } })
const say = (line: string) => console.log(line)
const stopping = stopSignal()

try {
  await main()
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : 'It failed without a reason.'}`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const started = performance.now()
  say('Starting Microsoft simulator, api, console and worker …')
  const stack = await startStack({ say })
  const seconds = () => Math.round((performance.now() - started) / 100) / 10
  try {
    if (values.walk) {
      say(`Ready after ${seconds()} s at ${stack.url}\n`)
      await Promise.race([walk(stack, say), stack.crashed, interrupted()])
      say(`\nEverything works: ${seconds()} s.`)
    } else {
      say(welcome(stack))
      await waitForEnd(stack)
    }
  } finally {
    await stack.stop()
  }
}

async function waitForEnd({ crashed }: Stack): Promise<void> {
  if (!stopping.aborted) await Promise.race([once(stopping, 'abort'), crashed])
  say('\nStopping …')
}

async function interrupted(): Promise<never> {
  if (!stopping.aborted) await once(stopping, 'abort')
  throw new Error('Interrupted.')
}

function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort())
  return controller.signal
}
