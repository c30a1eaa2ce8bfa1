import { randomUUID } from 'node:crypto'

import { record, type Recording } from './audit.ts'
import type { Actor, AuditAction } from './audit-entry.ts'
import type { Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { addMember } from './members.ts'
import { MINUTE } from './microsoft/http.ts'
import { createOrganisation } from './organisations.ts'
import { hashToken, randomToken } from './secrets.ts'
import type { InvitationRow, Member, Organisation, Role } from './types.ts'

const DAY = 24 * 60 * MINUTE
const LIFETIME = 7 * DAY
const FIRST_LIFETIME = DAY

type Inviting = Recording & Pick<Deps, 'config'>
type Made = { readonly row: InvitationRow; readonly url: string }

/** Invites somebody by email address. The link is given here once; only its hash is kept. Throws `not_recorded`. */
export async function createInvitation(
  deps: Inviting,
  organisationId: string,
  wish: { readonly email: string; readonly role: Role },
  by: Actor,
): Promise<Made> {
  const made = newInvitation(deps, { ...wish, email: wish.email.toLowerCase(), organisationId }, by, LIFETIME)
  await recordInvitation(deps, made.row, by, 'invitation.created')
  await deps.store.createInvitation(made.row)
  return made
}

/**
 * A link with which one person makes the first organisation and becomes its owner; null once there is a member. It
 * replaces the ones before it, and lasts a day.
 */
export async function inviteFirstOwner(deps: Inviting, by: Actor): Promise<Made | null> {
  if (await deps.store.hasMembers()) return null
  const made = newInvitation(deps, { email: null, role: 'owner', organisationId: null }, by, FIRST_LIFETIME)
  await deps.store.replaceFirstInvitation(made.row)
  return made
}

function newInvitation(
  deps: Inviting,
  wish: Pick<InvitationRow, 'email' | 'role' | 'organisationId'>,
  by: Actor,
  lifetime: number,
): Made {
  const token = randomToken()
  const createdAt = deps.now()
  const row: InvitationRow = {
    id: randomUUID(),
    ...wish,
    tokenHash: hashToken(token),
    invitedBy: by.name,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + lifetime),
    acceptedAt: null,
    endedAt: null,
  }
  return { row, url: `${deps.config.url}/invitation/${token}` }
}

/** Ends an invitation; false when it is not an open one of the organisation. */
export async function endInvitation(
  deps: Recording,
  organisationId: string,
  id: string,
  by: Actor,
): Promise<boolean> {
  const row = (await deps.store.listInvitations(organisationId)).find((it) => it.id === id)
  if (!row || !isOpenInvitation(row, deps.now())) return false
  await recordInvitation(deps, row, by, 'invitation.ended')
  return deps.store.endInvitation(organisationId, id, deps.now())
}

/** Whether it can still be accepted. */
export function isOpenInvitation({ acceptedAt, endedAt, expiresAt }: InvitationRow, now: Date): boolean {
  return acceptedAt === null && endedAt === null && expiresAt > now
}

export type InvitationShown = {
  readonly row: InvitationRow
  /** Null for the first owner's. */
  readonly organisation: Organisation | null
}

/** What a link is for; nothing is used up. Null alike for unknown, used and ended ones. */
export async function showInvitation(
  { store, now }: Pick<Deps, 'store' | 'now'>,
  token: string,
): Promise<InvitationShown | null> {
  const row = await store.findInvitation(hashToken(token))
  if (!row || !isOpenInvitation(row, now())) return null
  if (row.organisationId === null) return (await store.hasMembers()) ? null : { row, organisation: null }
  const organisation = await store.findOrganisation(row.organisationId)
  return organisation && { row, organisation }
}

/** The people who can sign in, as far as an invitation needs them. */
export type People = {
  /** Id of the person with this address; null when there is none. */
  find(email: string): Promise<string | null>
  /** Throws `RangeError` with a sentence when the address or the password will not do. */
  check(person: NewPerson): Promise<void>
  /** Makes a person who can sign in; gives the id. */
  create(person: NewPerson): Promise<string>
}

export type NewPerson = { readonly email: string; readonly name: string; readonly password: string }

export type Accepting = {
  readonly name: string
  readonly password: string
  /** Of the first owner only: others are invited by theirs. */
  readonly email?: string | undefined
  /** What the first owner calls the organisation. */
  readonly organisation?: string | undefined
  /** Who is signed in. */
  readonly signedIn: string | null
}

/**
 * Makes whoever has the link a member: a new person, or the one with that address, if it is they who are signed in.
 * Throws `not_found`, `sign_in_first`, `password_refused`, `malformed_request`; nothing is used up then.
 */
export async function acceptInvitation(
  deps: Inviting,
  people: People,
  token: string,
  wish: Accepting,
): Promise<Member> {
  const shown = await showInvitation(deps, token)
  if (!shown) throw new ConsentryError('not_found')
  const { row } = shown
  const email = (row.email ?? wish.email ?? '').trim().toLowerCase()
  if (shown.organisation === null && !wish.organisation?.trim()) throw missing('organisation')
  if (email === '') throw missing('email')
  const person = { email, name: wish.name.trim() || email, password: wish.password }
  const there = await people.find(email)
  if (there !== null && there !== wish.signedIn)
    throw new ConsentryError('sign_in_first', { values: { account: email } })
  if (there === null) await refuseBadPerson(people, person)
  if (!(await deps.store.takeInvitation(row.id, deps.now()))) throw new ConsentryError('not_found')
  const userId = there ?? (await people.create(person))
  const by: Actor = { kind: 'person', id: userId, name: person.name, email }
  const organisationId = shown.organisation?.id ?? (await makeOrganisation(deps, wish.organisation ?? '', by))
  await recordInvitation(deps, { ...row, organisationId, email }, by, 'invitation.accepted')
  return addMember(deps, organisationId, { userId, email, role: row.role }, by)
}

function missing(field: string): ConsentryError {
  return new ConsentryError('malformed_request', { values: { problem: `${field}: is missing.` } })
}

async function refuseBadPerson(people: People, person: NewPerson): Promise<void> {
  try {
    await people.check(person)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ConsentryError('password_refused', { values: { why: error.message } })
  }
}

async function makeOrganisation(deps: Recording, name: string, by: Actor): Promise<string> {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ['organisation']
  const slug = words.join('-').slice(0, 40)
  const wish = { slug, name: name.trim() }
  // The command line may have made one of this name, which has no members yet.
  const other = { ...wish, slug: `${slug}-${randomUUID().slice(0, 8)}` }
  const made = (await createOrganisation(deps, wish, by)) ?? (await createOrganisation(deps, other, by))
  if (!made) throw new ConsentryError('changed_meanwhile')
  return made.id
}

async function recordInvitation(
  deps: Recording,
  { id, organisationId, email, role }: Pick<InvitationRow, 'id' | 'organisationId' | 'email' | 'role'>,
  actor: Actor,
  action: AuditAction,
): Promise<void> {
  await record(deps, { organisationId, actor, action, details: { invitation: id, email, role } })
}
