import { readDatabaseConfig, readKeyRing, record } from '@consentry/core'
import { backUp, restore } from '@consentry/db'
import type { Command } from 'commander'

import { operator, withActs } from '../open.ts'
import { answer, type Outcome, type Shell } from '../shell.ts'

export function backupCommands(program: Command, shell: Shell): void {
  program
    .command('backup')
    .argument('<file>', 'file to write; it must not be there yet')
    .description('write the whole database into one file, while everything goes on')
    .action(answer(shell, (file: string) => write(shell, file)))
  program
    .command('restore')
    .argument('<file>', 'what "consentry backup" wrote')
    .description('read a backup into an empty database; every sign-in in it is verified first')
    .action(answer(shell, (file: string) => read(shell, file)))
}

async function write(shell: Shell, file: string): Promise<Outcome> {
  await withActs(shell, (deps) =>
    record(deps, { organisationId: null, actor: operator(), action: 'backup.taken' }),
  )
  const backup = await backUp(readDatabaseConfig(shell.env), file, shell.now())
  const { bytes, organisations, connections } = backup
  const size = `${(bytes / 1024 / 1024).toFixed(1)} MB`
  return {
    value: backup,
    text: [
      `${file}: ${size}, ${organisations} organisations, ${connections} connections.`,
      'It opens nothing without the key ring: keep CONSENTRY_KEYS and CONSENTRY_SECRET elsewhere.',
    ].join('\n'),
  }
}

async function read(shell: Shell, file: string): Promise<Outcome> {
  const restored = await restore(
    readDatabaseConfig(shell.env),
    file,
    readKeyRing(shell.env, { fetch, now: shell.now }),
    shell.now(),
  )
  const { organisations, connections, verifyFirst, takenAt } = restored
  const details = { takenAt: takenAt.toISOString() }
  await withActs(shell, (deps) =>
    record(deps, { organisationId: null, actor: operator(), action: 'backup.restored', details }),
  )
  return {
    value: restored,
    text: [
      `As of ${takenAt.toISOString()}: ${organisations} organisations, ${connections} connections.`,
      `${verifyFirst} sign-ins are verified first, as soon as the worker runs.`,
      'Make sure that the old deployment is stopped: two that renew the same sign-ins may end each other.',
    ].join('\n'),
  }
}
