import { randomBytes } from 'node:crypto'

import { addMember, record, type Member } from '@consentry/core'
import type { Database } from '@consentry/db'
import type { Person } from '@consentry/db/sign-in'
import type { Command } from 'commander'

import { badInput } from '../failure.ts'
import { readLine } from '../input.ts'
import { findOrganisation } from '../lookup.ts'
import { operator, withActs } from '../open.ts'
import { answer, type Outcome, type Shell } from '../shell.ts'
import { readName, readRole } from '../values.ts'

export function memberCommands(program: Command, shell: Shell): void {
  const member = program.command('member').description('the people of an organisation')
  member
    .command('add')
    .description('add a person, or change the role of one who is there')
    .requiredOption('--organisation <slug>', 'to which')
    .requiredOption('--email <email>', 'who, and what they sign in with')
    .requiredOption('--role <role>', 'owner, admin or viewer')
    .option('--name <name>', 'as shown to others; the email when absent')
    .option('--password-stdin', 'set the password to the line on standard input')
    .action(answer(shell, (options: NewMember) => add(shell, options)))
  member
    .command('sign-out')
    .description('end every session of a member, everywhere')
    .requiredOption('--organisation <slug>', 'of which')
    .requiredOption('--email <email>', 'who')
    .option('--forget-second-step', 'take away their authenticator app and recovery codes, which they lost')
    .action(answer(shell, (options: SigningOut) => signOut(shell, options)))
}

type SigningOut = { readonly organisation: string; readonly email: string; readonly forgetSecondStep?: true }

async function signOut(shell: Shell, options: SigningOut): Promise<Outcome> {
  const value = await withActs(shell, async (deps, database) => {
    const { id: organisationId } = await findOrganisation(deps.store, options.organisation)
    const members = await deps.store.listMembers(organisationId)
    const member = members.find((it) => it.email === options.email.trim().toLowerCase())
    if (!member)
      throw badInput('There is no such member', `Nobody of ${options.organisation} has that address.`)
    const act = { organisationId, actor: operator(), details: { member: member.email } }
    if (options.forgetSecondStep) {
      await record(deps, { ...act, action: 'person.second_step_removed' })
      const { auth, forgetSecondStep } = await signInOver(database)
      await forgetSecondStep(auth, member.userId)
    }
    await record(deps, { ...act, action: 'person.session_ended' })
    return { email: member.email, sessions: await deps.store.endSessions(member.userId, { but: null }) }
  })
  const also = options.forgetSecondStep ? ' Their second step is gone; the password alone lets them in.' : ''
  return { value, text: `${value.sessions} sessions of ${value.email} have ended.${also}` }
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
  const { auth, createPerson } = await signInOver(database)
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

/**
 * Loaded by the commands that need it: it is half of all that there is to load. Neither secret nor address is used: they
 * serve sessions, and none begins here.
 */
async function signInOver(database: Database) {
  const signIn = await import('@consentry/db/sign-in')
  const auth = signIn.createAuth({
    database,
    secret: randomBytes(32).toString('hex'),
    url: 'http://localhost',
  })
  return { auth, ...signIn }
}
