import {
  checkView,
  connectionView,
  everyConnection,
  recordAct,
  refreshConnection,
  testConnection,
  withUses,
  type CheckView,
  type ConnectionRow,
  type Deps,
  type Store,
} from '@consentry/core'
import type { Command } from 'commander'

import { findConnection, findOrganisation } from '../lookup.ts'
import { operator, withDatabase, withDeps } from '../open.ts'
import { answer, type Outcome, type Shell } from '../shell.ts'
import { moment, table } from '../table.ts'
import { applicationCommands } from './connection-application.ts'
import { importCommand } from './connection-import.ts'

export function connectionCommands(program: Command, shell: Shell): void {
  const connection = program.command('connection').description('the partner tenants of an organisation')
  connection
    .command('list')
    .description('list them, most urgent first')
    .requiredOption('--organisation <slug>', 'whose')
    .action(answer(shell, (options: Whose) => list(shell, options)))
  one(connection, 'show', 'show one').action(
    answer(shell, (id: string, options: Whose) => show(shell, id, options)),
  )
  one(connection, 'refresh', 'refresh its sign-in now; exit 1 when Microsoft refuses').action(
    answer(shell, (id: string, options: Whose) => refresh(shell, id, options)),
  )
  one(connection, 'test', 'prove everything it is needed for; exit 1 when something fails').action(
    answer(shell, (id: string, options: Whose) => test(shell, id, options)),
  )
  importCommand(connection, shell)
  applicationCommands(connection, shell)
}

type Whose = { readonly organisation: string }

function one(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .argument('<id>', 'its Microsoft ID')
    .description(description)
    .requiredOption('--organisation <slug>', 'whose')
}

async function list(shell: Shell, options: Whose): Promise<Outcome> {
  const items = await withDatabase(shell, async ({ store }) => {
    const { id } = await findOrganisation(store, options.organisation)
    return viewsOf(store, await Array.fromAsync(everyConnection({ store }, id)))
  })
  const lines = items.map((it) => [
    it.microsoftId,
    it.name,
    it.reason ? `${it.status} (${it.reason})` : it.status,
    moment(it.refreshedAt),
    moment(it.nextRefreshAt),
  ])
  const headings = ['MICROSOFT ID', 'NAME', 'STATUS', 'REFRESHED (UTC)', 'NEXT (UTC)']
  return { value: { items }, text: table(headings, lines, 'There is none yet.') }
}

async function viewsOf(store: Store, rows: readonly ConnectionRow[]) {
  const seen = await withUses({ store, now: () => new Date() }, rows)
  return seen.map(({ row, uses }) => connectionView(row, uses))
}

async function show(shell: Shell, id: string, options: Whose): Promise<Outcome> {
  const [view] = await withDatabase(shell, async ({ store }) =>
    viewsOf(store, [await connectionOf(store, id, options)]),
  )
  return { value: view, text: JSON.stringify(view, null, 2) }
}

async function refresh(shell: Shell, id: string, options: Whose): Promise<Outcome> {
  const check = await withConnection(shell, id, options, async (deps, row) => {
    await recordAct(deps, row, operator(), 'connection.refresh_requested')
    return refreshConnection(deps, row)
  })
  const view = checkView(check)
  return { value: view, text: rungLine(view), ok: view.ok }
}

async function test(shell: Shell, id: string, options: Whose): Promise<Outcome> {
  const { ok, checks } = await withConnection(shell, id, options, async (deps, row) => {
    await recordAct(deps, row, operator(), 'connection.test_requested')
    return testConnection(deps, row)
  })
  const views = checks.map(checkView)
  return { value: { ok, checks: views }, text: views.map(rungLine).join('\n'), ok }
}

function withConnection<T>(
  shell: Shell,
  id: string,
  options: Whose,
  work: (deps: Deps, row: ConnectionRow) => Promise<T>,
): Promise<T> {
  return withDeps(shell, async (deps) => work(deps, await connectionOf(deps.store, id, options)))
}

async function connectionOf(store: Store, id: string, options: Whose): Promise<ConnectionRow> {
  return findConnection(store, await findOrganisation(store, options.organisation), id)
}

function rungLine({ ok, title, detail, ms }: CheckView): string {
  return `${ok ? '✓' : '✗'} ${title} (${ms} ms)\n  ${detail}`
}
