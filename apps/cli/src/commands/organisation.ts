import { createOrganisation, putReturnOrigins, type Organisation } from '@consentry/core'
import type { Command } from 'commander'

import { badInput } from '../failure.ts'
import { findOrganisation } from '../lookup.ts'
import { operator, withActs, withDatabase } from '../open.ts'
import { answer, type Outcome, type Shell } from '../shell.ts'
import { table } from '../table.ts'
import { readName, readOrigin, readSlug, slugOf } from '../values.ts'

export function organisationCommands(program: Command, shell: Shell): void {
  const organisation = program.command('organisation').description('the resellers that use this deployment')
  organisation
    .command('create')
    .description('create an organisation')
    .requiredOption('--name <name>', 'as people call it')
    .option('--slug <slug>', 'short name for commands and addresses; made of the name when absent')
    .action(answer(shell, (options: NewOrganisation) => create(shell, options)))
  organisation
    .command('list')
    .description('list all organisations')
    .action(answer(shell, () => list(shell)))
  organisation
    .command('return-origin')
    .description('where browsers may go after a consent')
    .command('add')
    .argument('<url>', 'origin such as https://portal.example.com')
    .description('let return addresses of consent links name this origin')
    .requiredOption('--organisation <slug>', 'whose')
    .action(answer(shell, (url: string, options: Whose) => addOrigin(shell, url, options)))
}

type NewOrganisation = { readonly name: string; readonly slug?: string }
type Whose = { readonly organisation: string }

async function create(shell: Shell, options: NewOrganisation): Promise<Outcome> {
  const name = readName(options.name)
  const slug = options.slug === undefined ? slugOf(name) : readSlug(options.slug)
  const row = await withActs(shell, (deps) => createOrganisation(deps, { slug, name }, operator()))
  if (!row) throw badInput(`The slug "${slug}" is taken`, 'Choose another one with --slug.')
  return {
    value: view(row),
    text: [
      `Created ${name} (${slug}).`,
      `Add its owner with: consentry member add --organisation ${slug} --email EMAIL --role owner --password-stdin`,
    ].join('\n'),
  }
}

async function list(shell: Shell): Promise<Outcome> {
  const rows = await withDatabase(shell, ({ store }) => store.listOrganisations())
  const lines = rows.map((it) => [it.slug, it.name, it.id])
  const nothing = 'There is none yet. Create one with: consentry organisation create --name NAME'
  return { value: { items: rows.map(view) }, text: table(['SLUG', 'NAME', 'ID'], lines, nothing) }
}

async function addOrigin(shell: Shell, url: string, options: Whose): Promise<Outcome> {
  const origin = readOrigin(url)
  return withActs(shell, async (deps) => {
    const { id, name } = await findOrganisation(deps.store, options.organisation)
    const before = await deps.store.listReturnOrigins(id)
    const unchanged = (now: readonly string[]) => now.join() === before.join()
    const items = await putReturnOrigins(deps, id, [...before, origin], operator(), unchanged)
    return { value: { items }, text: `Consent links of ${name} may return to: ${items.join(', ')}` }
  })
}

function view({ id, slug, name }: Organisation) {
  return { id, slug, name }
}
