import { readFile } from 'node:fs/promises'

import {
  applicationsView,
  putApplication,
  removeApplication,
  showApplications,
  type ConnectionRow,
  type Deps,
} from '@consentry/core'
import type { Command } from 'commander'

import { badInput, notThere } from '../failure.ts'
import { readLine } from '../input.ts'
import { findConnection, findOrganisation } from '../lookup.ts'
import { operator, withDeps } from '../open.ts'
import { answer, type Outcome, type Shell } from '../shell.ts'

type Whose = { readonly organisation: string }
type Wish = Whose & {
  readonly clientId: string
  readonly secretStdin?: boolean
  readonly certificate?: string
  readonly expiresAt?: string
}

/** `connection application`: what a partner registered in its own tenant, in the place of the deployment's. */
export function applicationCommands(connection: Command, shell: Shell): void {
  const parent = connection
    .command('application')
    .description("a partner's own application at Microsoft, in the place of this deployment's")
  of(parent, 'show', 'show what consents are asked for as').action(
    answer(shell, (id: string, options: Whose) => show(shell, id, options)),
  )
  of(
    parent,
    'set',
    'use an application of its own; a sign-in that works goes on until a new consent is proven',
  )
    .requiredOption('--client-id <id>', 'its application (client) id')
    .option('--secret-stdin', 'read its secrets from standard input: one line, several comma-separated')
    .option('--certificate <file>', 'a PEM file with the private key and the certificate')
    .option('--expires-at <date>', 'when the last of the secrets runs out, such as 2027-11-25')
    .action(answer(shell, (id: string, options: Wish) => set(shell, id, options)))
  of(parent, 'remove', "ask for consents as this deployment's application again").action(
    answer(shell, (id: string, options: Whose) => remove(shell, id, options)),
  )
}

function of(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .argument('<id>', 'the Microsoft ID')
    .description(description)
    .requiredOption('--organisation <slug>', 'whose')
}

async function show(shell: Shell, id: string, options: Whose): Promise<Outcome> {
  return withConnection(shell, id, options, async () => {})
}

async function set(shell: Shell, id: string, options: Wish): Promise<Outcome> {
  const { clientId, certificate: file, secretStdin } = options
  if ((file === undefined) === !secretStdin)
    throw badInput('What does it prove itself with?', 'Give either --secret-stdin or --certificate FILE.')
  if (file !== undefined && options.expiresAt !== undefined)
    throw badInput(
      'A certificate says itself when it runs out',
      'Leave --expires-at out, or give --secret-stdin.',
    )
  const expiresAt = readDate(options.expiresAt)
  const credential =
    file === undefined ? { secrets: await readSecrets(shell) } : { certificate: await read(file) }
  return withConnection(shell, id, options, (deps, row) =>
    putApplication(deps, row, { clientId, ...credential, expiresAt }, operator()),
  )
}

async function remove(shell: Shell, id: string, options: Whose): Promise<Outcome> {
  return withConnection(shell, id, options, (deps, row) => removeApplication(deps, row, operator()))
}

/** Does the work, and tells how the application stands then. */
function withConnection(
  shell: Shell,
  id: string,
  { organisation }: Whose,
  work: (deps: Deps, row: ConnectionRow) => Promise<void>,
): Promise<Outcome> {
  return withDeps(shell, async (deps) => {
    const find = async () => findConnection(deps.store, await findOrganisation(deps.store, organisation), id)
    await work(deps, await find())
    const value = applicationsView(await showApplications(deps, await find()))
    return { value, text: inWords(value) }
  })
}

function inWords({ clientId, kind, expiresAt, consentNeeded }: ReturnType<typeof applicationsView>): string {
  const whose = kind === 'deployment' ? "this deployment's application" : `its own application, by ${kind}`
  const until = expiresAt ? ` It runs out on ${expiresAt.slice(0, 10)}.` : ''
  const needed = consentNeeded ? ' A new consent is needed; until then the sign-in before goes on.' : ''
  return `Consents are asked for as ${clientId}: ${whose}.${until}${needed}`
}

async function readSecrets(shell: Shell): Promise<string[]> {
  return (await readLine(shell.input))
    .split(',')
    .map((it) => it.trim())
    .filter((it) => it !== '')
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw notThere(`The file ${file} cannot be read`, 'Give the path of a readable PEM file.')
  }
}

function readDate(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw badInput(`"${text}" is no date`, 'Give one such as 2027-11-25.')
  return date
}
