import { ConfigError, ConsentryError, type Problem } from '@consentry/core'
import { BackupError, DatabaseError } from '@consentry/db'
import { CommanderError } from 'commander'

import type { Shell } from './shell.ts'

const FAILED = 1
const WRONG_USE = 2

/** Input that cannot be used: what is wrong, and what to give instead. */
export function badInput(title: string, detail: string): ConsentryError {
  return new ConsentryError({ code: 'malformed_request', title, detail, action: 'fix_input' })
}

/** Something named that is not there. */
export function notThere(title: string, detail: string): ConsentryError {
  return new ConsentryError({ code: 'not_found', title, detail, action: 'fix_input' })
}

/** Says on stderr what failed and what to do, as JSON too when asked, and gives the exit code. */
export function tellFailure(error: unknown, shell: Pick<Shell, 'asJson' | 'errors'>): number {
  if (error instanceof CommanderError) return tellUsage(error, shell)
  const { code, title, detail, action } = problemOf(error)
  const { asJson, errors } = shell
  errors.write(`${[title, detail].filter((it) => it !== '').join('\n')}\n`)
  if (asJson) errors.write(`${JSON.stringify({ code, title, detail, action })}\n`)
  return FAILED
}

// Commander has printed its message or the help already.
function tellUsage(error: CommanderError, { asJson, errors }: Pick<Shell, 'asJson' | 'errors'>): number {
  if (error.exitCode === 0) return 0
  const title =
    error.code === 'commander.help' ? 'A command is missing' : error.message.replace(/^error: /, '')
  const detail = 'See what it takes with --help.'
  const problem = { code: 'malformed_request', title, detail, action: 'fix_input' }
  if (asJson) errors.write(`${JSON.stringify(problem)}\n`)
  return WRONG_USE
}

function problemOf(error: unknown): Problem {
  if (error instanceof ConsentryError) return error.problem
  if (error instanceof ConfigError) {
    return {
      code: 'not_ready',
      title: 'The configuration cannot be used',
      detail: error.message,
      action: 'fix_app',
    }
  }
  if (error instanceof BackupError) return badInput('That cannot be done', error.message).problem
  const detail = error instanceof Error ? error.message : 'No reason given.'
  if (error instanceof DatabaseError) {
    return { code: 'not_ready', title: 'The database refused', detail, action: 'retry' }
  }
  return { code: 'server_error', title: 'Consentry could not do that', detail, action: 'retry' }
}
