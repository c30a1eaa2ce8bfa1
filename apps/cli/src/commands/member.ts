import { randomBytes } from 'node:crypto'

import { addMember, type Member } from '@consentry/core'
import { createAuth, createPerson, type Database, type Person } from '@consentry/db'
import type { Command } from 'commander'

import { badInput } from '../failure.ts'
import { readLine } from '../input.ts'
import { findOrganisation } from '../lookup.ts'
import { operator, withActs } from '../open.ts'
import { answer, type Outcome, type Shell } from '../shell.ts'
import { readName, readRole } from '../values.ts'

export function memberCommands(program: Command, shell: Shell): void {
  program
    .command('member')
    .description('the people of an organisation')
    .command('add')
    .description('add a person, or change the role of one who is there')
    .requiredOption('--organisation <slug>', 'to which')
    .requiredOption('--email <email>', 'who, and what they sign in with')
    .requiredOption('--role <role>', 'owner, admin or viewer')
    .option('--name <name>', 'as shown to others; the email when absent')
    .option('--password-stdin', 'set the password to the line on standard input')
    .action(answer(shell, (options: NewMember) => add(shell, options)))
}

type NewMember = {
  readonly organisation: string
  readonly email: string
  readonly role: string
  readonly name?: string
  readonly passwordStdin?: true
}

async function add(shell: Shell, options: NewMember): Promise<Outcome> {
  const role = readRole(options.role)
  const password = options.passwordStdin ? await readLine(shell.input) : undefined
  const member = await withActs(shell, async (deps, database) => {
    const { id: organisationId } = await findOrganisation(deps.store, options.organisation)
    const userId = await putPerson(database, {
      email: options.email,
      ...(options.name === undefined ? {} : { name: readName(options.name) }),
      ...(password === undefined ? {} : { password }),
    })
    return addMember(deps, organisationId, { userId, email: options.email, role }, operator())
  })
  return { value: view(member), text: words(member, options) }
}

async function putPerson(database: Database, person: Person): Promise<string> {
  // Neither is used: they serve sessions, and none begins here. So the command needs no more than the database.
  const auth = createAuth({ database, secret: randomBytes(32).toString('hex'), url: 'http://localhost' })
  try {
    return await createPerson(auth, person)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw badInput('This person cannot be added', `${error.message}.`)
  }
}

function words({ email, role }: Member, { organisation, passwordStdin }: NewMember): string {
  const added = `${email} is ${role} of ${organisation}.`
  if (passwordStdin) return `${added} The password is set; earlier sessions have ended.`
  return [
    `${added} No password was set here. To set one, run the same again with it on standard input:`,
    `  consentry member add --organisation ${organisation} --email ${email} --role ${role} --password-stdin < password.txt`,
  ].join('\n')
}

function view({ id, email, role }: Member) {
  return { id, email, role }
}
