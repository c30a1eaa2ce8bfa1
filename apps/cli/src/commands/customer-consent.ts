import {
  customerConsentView,
  everyCustomerConsent,
  grantToCustomer,
  revokeFromCustomer,
  type ConnectionRow,
  type CustomerGrant,
  type Deps,
} from '@consentry/core'
import type { Command } from 'commander'

import { findConnection, findOrganisation } from '../lookup.ts'
import { operator, withDatabase, withDeps } from '../open.ts'
import { answer, type Outcome, type Shell } from '../shell.ts'
import { moment, table } from '../table.ts'

export function customerConsentCommands(program: Command, shell: Shell): void {
  const parent = program
    .command('customer-consent')
    .description("permissions granted in customers' tenants, on their behalf")
  of(parent, 'list', 'list what was granted').action(
    answer(shell, (id: string, options: Whose) => list(shell, id, options)),
  )
  of(parent, 'grant', 'grant; doing it again is safe')
    .argument('<customer>', "the customer's tenant id")
    .option(
      '--grant <api=scopes>',
      'an API by its application id, with permissions, comma-separated',
      collect,
    )
    .action(
      answer(shell, (id: string, customer: string, options: Whose & Grants) =>
        grant(shell, id, customer, options),
      ),
    )
  of(parent, 'revoke', 'take all of it back')
    .argument('<customer>', "the customer's tenant id")
    .action(
      answer(shell, (id: string, customer: string, options: Whose) => revoke(shell, id, customer, options)),
    )
}

type Whose = { readonly organisation: string }
type Grants = { readonly grant?: readonly CustomerGrant[] }

function of(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .argument('<id>', "the partner's Microsoft ID")
    .description(description)
    .requiredOption('--organisation <slug>', 'whose')
}

function collect(text: string, before: readonly CustomerGrant[] = []): CustomerGrant[] {
  const [enterpriseApplicationId = '', scopes = ''] = text.split('=', 2)
  const named = scopes.split(',').map((it) => it.trim())
  return [...before, { enterpriseApplicationId, scopes: named }]
}

async function list(shell: Shell, id: string, options: Whose): Promise<Outcome> {
  const items = await withDatabase(shell, async ({ store }) => {
    const connection = await findConnection(store, await findOrganisation(store, options.organisation), id)
    return Array.fromAsync(everyCustomerConsent({ store }, connection.id), customerConsentView)
  })
  const lines = items.map((it) => [
    it.customerTenantId,
    it.name,
    it.problem ? `${it.state} (${it.problem.code})` : it.state,
    it.grants.flatMap(({ scopes }) => scopes).join(' '),
    moment(it.grantedAt),
  ])
  const headings = ['CUSTOMER', 'NAME', 'STATE', 'PERMISSIONS', 'GRANTED (UTC)']
  return { value: { items }, text: table(headings, lines, 'Nothing was granted yet.') }
}

async function grant(shell: Shell, id: string, customer: string, options: Whose & Grants): Promise<Outcome> {
  const row = await withConnection(shell, id, options, (deps, connection) =>
    grantToCustomer(deps, connection, customer, options.grant, operator()),
  )
  const doubt = row.certain
    ? ''
    : ' Microsoft had a consent there already and does not say what it contains: revoke and grant to be sure.'
  return { value: customerConsentView(row), text: `Granted in the tenant of ${row.name}.${doubt}` }
}

async function revoke(shell: Shell, id: string, customer: string, options: Whose): Promise<Outcome> {
  const row = await withConnection(shell, id, options, (deps, connection) =>
    revokeFromCustomer(deps, connection, customer, operator()),
  )
  return {
    value: customerConsentView(row),
    text: `Nothing is granted in the tenant of ${row.name} any more.`,
  }
}

function withConnection<T>(
  shell: Shell,
  id: string,
  { organisation }: Whose,
  work: (deps: Deps, connection: ConnectionRow) => Promise<T>,
): Promise<T> {
  return withDeps(shell, async (deps) =>
    work(deps, await findConnection(deps.store, await findOrganisation(deps.store, organisation), id)),
  )
}
