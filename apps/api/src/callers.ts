import { authenticateServiceKey, authenticateWorkload, ConsentryError, isWorkload } from '@consentry/core'
import type { Actor, Deps, Organisation, Role, ServiceKeyRow } from '@consentry/core'
import { isStrong } from '@consentry/db/sign-in'
import { fromNodeHeaders } from 'better-auth/node'
import type { Request } from 'express'

import { includesRole, type Access } from './access.ts'
import { readCookie } from './cookies.ts'

/** What the API asks of the sign-in library. */
export type Auth = {
  readonly handler: (request: globalThis.Request) => Promise<Response>
  readonly api: {
    getSession(from: { headers: Headers }): Promise<Session | null>
  }
}

/** `organisationId`: the only organisation that it is good for, if there is one. */
export type Session = {
  readonly user: Person
  readonly session: {
    readonly id: string
    readonly createdAt: Date
    readonly organisationId?: string | null | undefined
    /** How it began. */
    readonly method?: string | null | undefined
  }
}

export type Person = { readonly id: string; readonly name: string; readonly email: string }

/** Somebody whose identity is proven, inside one organisation. */
export type Caller = Member | ServiceKey

export type Member = {
  readonly kind: 'member'
  readonly person: Person
  readonly sessionId: string
  /** The only organisation that the session is good for. */
  readonly within: string | undefined
  /** More than a password was shown. */
  readonly strong: boolean
  readonly role: Role
  readonly organisationId: string
  readonly organisation: Organisation
  readonly organisations: readonly Organisation[]
}

export type ServiceKey = {
  readonly kind: 'service-key'
  readonly key: ServiceKeyRow
  readonly organisationId: string
}

/**
 * Finds out who calls: an `Authorization` header decides alone, else the console session. Null alike for a missing,
 * unknown, revoked and expired identity. Throws `forbidden` for a person who is not in the organisation asked for.
 */
export async function identify(deps: Deps, auth: Auth, request: Request): Promise<Caller | null> {
  const authorization = request.headers.authorization
  if (authorization !== undefined) return identifyKey(deps, authorization, request)
  const session = await sessionOf(deps, auth, request)
  return session && identifyMember(deps, session, request)
}

/** However much it is used, a session ends after seven days, and the person signs in anew. */
const LONGEST_SESSION = 7 * 24 * 60 * 60 * 1000

/** Sign-in's own errors hide their cause: where the database is away, that is what is thrown. */
async function sessionOf(deps: Deps, auth: Auth, request: Request): Promise<Session | null> {
  try {
    const found = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) })
    const tooOld = found && deps.now().getTime() - found.session.createdAt.getTime() > LONGEST_SESSION
    return tooOld ? null : found
  } catch (error) {
    await deps.store.ping()
    throw error
  }
}

async function identifyKey(deps: Deps, authorization: string, request: Request): Promise<ServiceKey | null> {
  // RFC 6750: the scheme is case-insensitive, the token has no spaces.
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (!token) return null
  const organisation = request.get('consentry-organisation')
  const key = token.includes('.')
    ? await authenticateWorkload(deps, token, organisation)
    : await authenticateServiceKey(deps, token)
  return key && { kind: 'service-key', key, organisationId: key.organisationId }
}

async function identifyMember(deps: Deps, { user, session }: Session, request: Request): Promise<Member> {
  const memberships = await membershipsOf(deps, { user, session })
  const named = request.get('consentry-organisation')
  const remembered = named ?? readCookie(request, 'consentry_organisation')
  const chosen = memberships.find((it) => it.organisation.slug === remembered)
  // A header is an order and must be met; a cookie is only a memory, perhaps of a membership that ended.
  const membership = chosen ?? (named === undefined ? memberships[0] : undefined)
  if (!membership) throw await whyNot(deps, { user, session }, named)
  return {
    kind: 'member',
    person: { id: user.id, name: user.name, email: user.email },
    sessionId: session.id,
    within: session.organisationId ?? undefined,
    strong: isStrong(session.method),
    role: membership.role,
    organisationId: membership.organisationId,
    organisation: membership.organisation,
    organisations: memberships.map((it) => it.organisation),
  }
}

/** What keeps a person out of the organisation they ask for, or out of all of theirs. */
async function whyNot(deps: Deps, { user }: Session, named: string | undefined): Promise<ConsentryError> {
  const all = await deps.store.listMemberships(user.id)
  const [first] = all.filter((it) => named === undefined || it.organisation.slug === named)
  if (first?.secondStepRequired && first.singleSignOn !== 'required')
    return new ConsentryError('second_step_needed')
  const needs = first
    ? "a sign-in through the organisation's single sign-on"
    : 'a membership of the organisation'
  return new ConsentryError('forbidden', { values: { needs } })
}

/**
 * What the session is good for: that of the organisation whose single sign-on vouched for it, while it has one; else all
 * memberships but of organisations that let nobody else in, or ask for a second step that was not shown.
 */
async function membershipsOf(deps: Deps, { user, session }: Session) {
  const memberships = await deps.store.listMemberships(user.id)
  const { organisationId } = session
  if (organisationId)
    return memberships.filter((it) => it.organisationId === organisationId && it.singleSignOn !== null)
  return memberships.filter(
    (it) =>
      (it.singleSignOn !== 'required' || it.role === 'owner') &&
      (!it.secondStepRequired || isStrong(session.method)),
  )
}

/** Who is signed in by themselves, whatever they belong to; null for nobody. */
export async function signedInPerson(
  { deps, auth }: { readonly deps: Deps; readonly auth: Auth },
  request: Request,
): Promise<Person | null> {
  const found = await sessionOf(deps, auth, request)
  // What an organisation's provider says counts in that organisation alone.
  return found && !found.session.organisationId ? found.user : null
}

/** The signed-in person, if they are a member of the organisation; null for anybody else, and never a refusal. */
export async function findMember(
  deps: Deps,
  auth: Auth,
  request: Request,
  organisationId: string,
): Promise<Actor | null> {
  const session = await sessionOf(deps, auth, request)
  if (!session) return null
  const memberships = await membershipsOf(deps, session)
  const found = memberships.find((it) => it.organisationId === organisationId)
  return found ? { kind: 'person', id: found.userId, name: found.name, email: found.email } : null
}

/** Throws `forbidden`, naming what is needed, unless the caller may use the operation. */
export function authorize(caller: Caller, access: Access): void {
  const needs = caller.kind === 'member' ? missingRole(caller.role, access) : missingScope(caller.key, access)
  if (needs !== null) throw new ConsentryError('forbidden', { values: { needs } })
}

function missingRole(role: Role, access: Access): string | null {
  if (access.role === null) return 'a service key'
  return includesRole(role, access.role) ? null : `the role ${access.role}`
}

function missingScope(key: ServiceKeyRow, access: Access): string | null {
  if (access.scope === null) return 'a signed-in person'
  return key.scopes.includes(access.scope) ? null : `the scope ${access.scope}`
}

/** How the domain records who did something. */
export function actorOf(caller: Caller): Actor {
  if (caller.kind === 'member') return { kind: 'person', ...caller.person }
  const kind = isWorkload(caller.key) ? 'workload' : 'service_key'
  return { kind, id: caller.key.id, name: caller.key.name, email: null }
}

/** The Microsoft IDs that the caller is limited to; undefined means all of the organisation. */
export function boundTo(caller: Caller): readonly string[] | undefined {
  return caller.kind === 'service-key' ? (caller.key.connections ?? undefined) : undefined
}
