import {
  createServiceKey,
  listServiceKeys,
  revokeServiceKey,
  rotateServiceKey,
  serviceKeyView,
  type ServiceKeyRow,
  type Store,
} from '@consentry/core'
import type { Command } from 'commander'

import { notThere } from '../failure.ts'
import { findOrganisation } from '../lookup.ts'
import { operator, withActs, withDatabase } from '../open.ts'
import { answer, type Outcome, type Shell } from '../shell.ts'
import { moment, table } from '../table.ts'
import { readExpiry, readMicrosoftId, readName, readScopes, readSpan } from '../values.ts'

export function serviceKeyCommands(program: Command, shell: Shell): void {
  const serviceKey = program.command('service-key').description('what backend services sign in with')
  serviceKey
    .command('create')
    .description('make a key; it is shown once')
    .requiredOption('--organisation <slug>', 'whose')
    .requiredOption('--name <name>', 'which service it is for')
    .requiredOption('--scopes <scopes>', 'what it may do, separated by commas')
    .option('--connection <id>', 'bind it to this tenant; repeat for more', gather)
    .option('--expires <when>', '90d, 12h, or a date such as 2027-01-31; never when absent')
    .action(answer(shell, (options: NewKey) => create(shell, options)))
  serviceKey
    .command('list')
    .description('list the keys, without the keys themselves')
    .requiredOption('--organisation <slug>', 'whose')
    .action(answer(shell, (options: Whose) => list(shell, options)))
  serviceKey
    .command('rotate')
    .argument('<id>', 'its id, as the list shows it')
    .description('make a key in the place of another, which goes on for the overlap')
    .requiredOption('--organisation <slug>', 'whose')
    .option(
      '--overlap <time>',
      'how long the old one goes on, such as 12h or 7d; a day when absent, 0h for not at all',
    )
    .action(answer(shell, (id: string, options: Rotation) => rotate(shell, id, options)))
  serviceKey
    .command('revoke')
    .argument('<id>', 'its id, as the list shows it')
    .description('end a key; it stops within ten seconds')
    .requiredOption('--organisation <slug>', 'whose')
    .action(answer(shell, (id: string, options: Whose) => revoke(shell, id, options)))
}

type Whose = { readonly organisation: string }
type Rotation = Whose & { readonly overlap?: string }
type NewKey = Whose & {
  readonly name: string
  readonly scopes: string
  readonly connection?: readonly string[]
  readonly expires?: string
}

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

async function create(shell: Shell, options: NewKey): Promise<Outcome> {
  const wish = {
    name: readName(options.name),
    scopes: readScopes(options.scopes),
    connections: options.connection?.map(readMicrosoftId),
    expiresAt: options.expires === undefined ? null : readExpiry(options.expires, shell.now()),
  }
  const { row, key } = await withActs(shell, async (deps) => {
    const { id: organisationId } = await findOrganisation(deps.store, options.organisation)
    return createServiceKey(deps, { ...wish, organisationId }, operator())
  })
  return { value: { ...serviceKeyView(row), key }, text: created(row, key) }
}

function created(row: ServiceKeyRow, key: string): string {
  return [
    key,
    '',
    `This is ${row.name}'s key. It is not shown again, and only its hash is stored.`,
    `It may: ${row.scopes.join(', ')}. Tenants: ${row.connections?.join(', ') ?? 'all'}. Expires: ${row.expiresAt ? `${moment(row.expiresAt)} UTC` : 'never'}.`,
  ].join('\n')
}

async function rotate(shell: Shell, id: string, options: Rotation): Promise<Outcome> {
  const overlap = options.overlap === undefined ? undefined : readSpan(options.overlap)
  const made = await withActs(shell, async (deps) => {
    const { id: organisationId, slug } = await findOrganisation(deps.store, options.organisation)
    const rotated = await rotateServiceKey(deps, organisationId, id, operator(), overlap)
    if (rotated) return rotated
    throw notThere(
      `There is no service key "${id}" that could be replaced`,
      `It may have ended already. See the ids with: consentry service-key list --organisation ${slug}`,
    )
  })
  const { row, key, old } = made
  return {
    value: { ...serviceKeyView(row), key, old: serviceKeyView(old) },
    text: `${created(row, key)}\nThe old key ends: ${moment(old.expiresAt)} UTC.`,
  }
}

async function list(shell: Shell, options: Whose): Promise<Outcome> {
  const rows = await withDatabase(shell, async ({ store }) => keysOf(store, options))
  const lines = rows.map((it) => [
    it.id,
    it.name,
    it.prefix,
    it.scopes.join(','),
    endOf(it),
    moment(it.lastUsedAt),
  ])
  return {
    value: { items: rows.map(serviceKeyView) },
    text: table(['ID', 'NAME', 'BEGINS', 'SCOPES', 'ENDS (UTC)', 'LAST USED'], lines, 'There is none yet.'),
  }
}

async function revoke(shell: Shell, id: string, options: Whose): Promise<Outcome> {
  const rows = await withActs(shell, async (deps) => {
    const { id: organisationId, slug } = await findOrganisation(deps.store, options.organisation)
    const revoked = await revokeServiceKey(deps, organisationId, id, operator())
    if (revoked) return deps.store.listServiceKeys(organisationId)
    throw notThere(
      `There is no service key "${id}" that could be revoked`,
      `It may be revoked already. See the ids with: consentry service-key list --organisation ${slug}`,
    )
  })
  const row = rows.find((it) => it.id === id)
  return {
    value: row ? serviceKeyView(row) : null,
    text: `Revoked ${row?.name ?? id}. It stops within ten seconds.`,
  }
}

async function keysOf(store: Store, options: Whose): Promise<ServiceKeyRow[]> {
  const { id } = await findOrganisation(store, options.organisation)
  return listServiceKeys({ store }, id)
}

function endOf({ revokedAt, expiresAt }: ServiceKeyRow): string {
  return revokedAt ? 'revoked' : expiresAt ? moment(expiresAt) : 'never'
}
