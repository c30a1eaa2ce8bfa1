import type { Writable } from 'node:stream'

import type { Env } from '@consentry/core'

import { tellFailure } from './failure.ts'
import { createProgram } from './program.ts'

/** What surrounds the program: its environment and its three standard streams. */
export type Surroundings = {
  readonly env: Env
  readonly input: AsyncIterable<Uint8Array | string>
  readonly output: Writable
  readonly errors: Writable
}

/** Runs one command to its end. Gives the exit code: 0 when done, 1 when it failed, 2 when it was used wrongly. */
export async function run(args: readonly string[], around: Surroundings): Promise<number> {
  const { output, errors } = around
  const asJson = args.includes('--json')
  let code = 0
  const program = createProgram({
    ...around,
    now: () => new Date(),
    asJson,
    print({ value, text, ok }) {
      if (asJson) output.write(`${JSON.stringify(value)}\n`)
      else if (text !== '') output.write(`${text}\n`)
      if (ok === false) code = 1
    },
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    return tellFailure(error, { asJson, errors })
  }
}
