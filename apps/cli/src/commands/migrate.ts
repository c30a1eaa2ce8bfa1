import type { Command } from 'commander'

import { withDatabase } from '../open.ts'
import { answer, type Shell } from '../shell.ts'

export function migrateCommand(program: Command, shell: Shell): void {
  program
    .command('migrate')
    .description('bring the database up to date; harmless when it is (needs DATABASE_URL)')
    .action(answer(shell, () => withDatabase(shell, async ({ dialect }) => migrated(dialect))))
}

function migrated(dialect: string) {
  return { value: { ok: true, database: dialect }, text: 'The database is up to date.' }
}
