import { importConnections, type ImportResult } from '@consentry/core'
import type { Command } from 'commander'

import { readLines } from '../input.ts'
import { findOrganisation } from '../lookup.ts'
import { operator, withDeps } from '../open.ts'
import { answer, type Outcome, type Shell } from '../shell.ts'

export function importCommand(connection: Command, shell: Shell): void {
  connection
    .command('import')
    .argument('<file>', 'JSON Lines of {microsoftId, name?, refreshToken, username?}; - for standard input')
    .description('take over sign-ins from elsewhere; exit 1 when a line was rejected')
    .requiredOption('--organisation <slug>', 'whose')
    .option('--dry-run', 'only say what would happen')
    .action(answer(shell, (file: string, options: Options) => importFile(shell, file, options)))
}

type Options = { readonly organisation: string; readonly dryRun?: true }

async function importFile(shell: Shell, file: string, options: Options): Promise<Outcome> {
  const dryRun = options.dryRun ?? false
  const result = await withDeps(shell, async (deps) => {
    const { id } = await findOrganisation(deps.store, options.organisation)
    return importConnections(deps, id, await readLines(shell, file), { dryRun, by: operator() })
  })
  return { value: result, text: words(result, dryRun), ok: result.rejected.length === 0 }
}

function words({ imported, skipped, rejected }: ImportResult, dryRun: boolean): string {
  return [
    `${dryRun ? 'Would import' : 'Imported'} ${imported}, skipped ${skipped} that already sign in here, rejected ${rejected.length}.`,
    ...rejected.map(({ line, reason }) => `  line ${line}: ${reason}`),
    ...(imported > 0 && !dryRun
      ? ['They are due now: the next nightly run, or the worker that is running, proves them.']
      : []),
  ].join('\n')
}
