import type { Writable } from 'node:stream'

import type { Env } from '@consentry/core'

/** What a command came to. */
export type Outcome = {
  /** Printed by `--json`. */
  readonly value: unknown
  /** Printed otherwise, for a person; nothing when empty. */
  readonly text: string
  /** False when what was asked for was done but did not turn out well; the program then exits 1. */
  readonly ok?: boolean
}

/** The world around the commands. */
export type Shell = {
  readonly env: Env
  readonly now: () => Date
  readonly input: AsyncIterable<Uint8Array | string>
  /** `--json` was given: one JSON value on standard output, and nothing else there. */
  readonly asJson: boolean
  /** Standard output, for what is too long to be an outcome's text. */
  readonly output: Writable
  /** Standard error: what went wrong, and how a command is used. */
  readonly errors: Writable
  print(outcome: Outcome): void
}

/** A commander action that does a command's work and prints its outcome. */
export function answer<A extends readonly unknown[]>(
  shell: Shell,
  work: (...args: A) => Promise<Outcome>,
): (...args: A) => Promise<void> {
  return async (...args) => shell.print(await work(...args))
}
