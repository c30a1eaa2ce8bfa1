import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import {
  auditView,
  drainNotes,
  readKeyRing,
  record,
  verifyAudit,
  type AuditVerdict,
  type AuditView,
} from '@consentry/core'
import type { Database } from '@consentry/db'
import type { Command } from 'commander'

import { badInput } from '../failure.ts'
import { findOrganisation } from '../lookup.ts'
import { operator, withActs, withDatabase } from '../open.ts'
import { answer, type Outcome, type Shell } from '../shell.ts'

export function auditCommands(program: Command, shell: Shell): void {
  const audit = program.command('audit').description('the log of everything that was done')
  audit
    .command('verify')
    .description('find the first entry that was altered, removed, added or moved; exit 1 when there is one')
    .option('--head <sequence:hash>', "an earlier verdict's head: the log must still hold it")
    .action(answer(shell, (options: Verify) => verify(shell, options)))
  audit
    .command('export')
    .description('write the log as JSON Lines, oldest first')
    .option('--organisation <slug>', 'only what concerns this organisation')
    .option('--file <file>', 'where to; standard output when absent')
    .action(answer(shell, (options: Export) => exportLog(shell, options)))
}

type Verify = { readonly head?: string }
type Export = { readonly organisation?: string; readonly file?: string }

async function verify(shell: Shell, options: Verify): Promise<Outcome> {
  const noted = options.head === undefined ? null : readHead(options.head)
  const keys = readKeyRing(shell.env, { fetch, now: shell.now })
  const verdict = await withDatabase(shell, async ({ store }) => {
    await drainNotes({ store, keys, now: shell.now })
    const own = await verifyAudit({ store, keys })
    if (!noted || !own.ok || noted.sequence === 0) return own
    const [row] = await store.readAudit(noted.sequence - 1, 1)
    if (row?.sequence === noted.sequence && row.hash === noted.hash) return own
    const reason = row?.sequence === noted.sequence ? ('altered' as const) : ('cut_off' as const)
    return { ...own, ok: false, firstBad: { sequence: noted.sequence, reason } }
  })
  return { value: verdict, text: words(verdict), ok: verdict.ok }
}

function readHead(text: string): AuditVerdict['head'] {
  const [, sequence = '', hash = ''] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (hash === '')
    throw badInput('That is not the head of a log', 'Give it as sequence:hash, from an earlier verdict.')
  return { sequence: Number(sequence), hash }
}

const REASONS: Readonly<Record<NonNullable<AuditVerdict['firstBad']>['reason'], string>> = {
  missing: 'is missing',
  out_of_order: 'does not follow the one before it',
  altered: 'was altered',
  forged: 'was not written by Consentry',
  cut_off: 'and all behind it were cut off',
  added: 'was added behind the signed end',
  end_altered: 'is the end, but the end was altered',
}

function words({ ok, entries, firstBad, head }: AuditVerdict): string {
  if (firstBad && !ok)
    return `Entry ${firstBad.sequence} ${REASONS[firstBad.reason]}. Everything before it is whole.`
  return [`The log is whole: ${entries} entries.`, `Its head is ${head.sequence}:${head.hash}`].join('\n')
}

const PAGE = 500

async function exportLog(shell: Shell, options: Export): Promise<Outcome> {
  return withActs(shell, async (deps, database) => {
    const organisation =
      options.organisation && (await findOrganisation(database.store, options.organisation))
    const organisationId = organisation ? organisation.id : null
    await record(deps, { organisationId, actor: operator(), action: 'audit.exported' })
    const entries = entriesOf(database, organisationId)
    const { file } = options
    if (file !== undefined) {
      // The log names people: for the owner of the file only, and never over another file.
      await pipeline(linesOf(entries), createWriteStream(file, { flags: 'wx', mode: 0o600 }))
      return { value: { file }, text: `Wrote the log to ${file}.` }
    }
    if (shell.asJson) return { value: { items: await all(entries) }, text: '' }
    await pipeline(linesOf(entries), shell.output, { end: false })
    return { value: null, text: '' }
  })
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

function linesOf(entries: AsyncIterable<AuditView>): Readable {
  return Readable.from(
    (async function* () {
      for await (const entry of entries) yield `${JSON.stringify(entry)}\n`
    })(),
  )
}

async function* entriesOf({ store }: Database, organisationId: string | null): AsyncGenerator<AuditView> {
  let last = 0
  for (;;) {
    const rows = await store.readAudit(last, PAGE)
    for (const row of rows) {
      if (organisationId === null || row.organisationId === organisationId) yield auditView(row)
    }
    const end = rows.at(-1)
    if (!end) return
    last = end.sequence
  }
}
