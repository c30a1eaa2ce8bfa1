import { randomBytes, randomUUID } from 'node:crypto'

import {
  CONSENTRY,
  createInvitation,
  createServiceKey,
  createWorkload,
  runNextReport,
  type Deps,
  type Role,
  type Scope,
} from '@consentry/core'
import { createPerson, type createAuth } from '@consentry/db/sign-in'
import { createVisitor, type Visitor } from '@consentry/demo'
import type { Microsoft } from '@consentry/microsoft-simulator'

export type Setup = {
  readonly url: string
  readonly deps: Deps
  readonly auth: ReturnType<typeof createAuth>
  readonly microsoft: Microsoft
}

export type Account = { readonly email: string; readonly password: string; readonly cookie: string }
export type Tenant = {
  readonly id: string
  readonly users: { readonly service: string; readonly second: string }
}

/** Makes an organisation; its names are words that stand nowhere else. */
export async function createOrganisation({ deps }: Setup, slug: string) {
  const row = { id: randomUUID(), slug, name: `${slug} Handelsgesellschaft`, createdAt: new Date() }
  await deps.store.createOrganisation(row)
  return row
}

/** Makes a member and signs them in by the api. */
export async function signUp(setup: Setup, organisationId: string, role: Role, address: string) {
  const email = `${role}-${randomBytes(6).toString('hex')}@people.example`
  const password = randomBytes(12).toString('base64url')
  const userId = await createPerson(setup.auth, { email, password, name: `Person ${email.split('@')[0]}` })
  const member = { id: randomUUID(), organisationId, userId, role, createdAt: new Date() }
  await setup.deps.store.putMember(member)
  return { email, password, cookie: await signIn(setup.url, { email, password }, address) }
}

/** People of the organisation who never sign in; their ids as members. */
export async function addMembers({ auth, deps }: Setup, organisationId: string, count: number) {
  for (let n = 0; n < count; n += 1) {
    const userId = await createPerson(auth, { email: `extra-${n}-${organisationId}@people.example` })
    const member = {
      id: randomUUID(),
      organisationId,
      userId,
      role: 'viewer',
      createdAt: new Date(),
    } as const
    await deps.store.putMember(member)
  }
  const all = await deps.store.listMembers(organisationId)
  return all.filter((it) => it.email.startsWith('extra-')).map((it) => it.id)
}

/** Invitations and workload identities to be ended; their ids. */
export async function addEndable({ deps }: Setup, organisationId: string, count: number) {
  const made = { invitationId: [] as string[], identityId: [] as string[] }
  for (let n = 0; n < count; n += 1) {
    const invited = { email: `invited-${n}@people.example`, role: 'viewer' } as const
    made.invitationId.push((await createInvitation(deps, organisationId, invited, CONSENTRY)).row.id)
    const trust = { issuer: 'https://accounts.google.com', audience: 'consentry', subject: `service ${n}` }
    const wish = { organisationId, name: 'Dienst', scopes: ['audit:read'], ...trust } as const
    made.identityId.push((await createWorkload(deps, wish, CONSENTRY)).id)
  }
  return made
}

export async function membersOf({ deps }: Setup, organisationId: string): Promise<string[]> {
  return (await deps.store.listMembers(organisationId)).map((it) => it.id)
}

/** Signs in and gives the cookie. `address` is where the caller seems to be. */
async function signIn(
  url: string,
  { email, password }: Omit<Account, 'cookie'>,
  address: string,
): Promise<string> {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, 'x-forwarded-for': address },
    body: JSON.stringify({ email, password }),
  })
  if (!response.ok) throw new Error(`Nobody can sign in: ${response.status} ${await response.text()}`)
  return response.headers
    .getSetCookie()
    .map((it) => it.split(';')[0])
    .join('; ')
}

export async function addKey(
  { deps }: Setup,
  organisationId: string,
  scopes: readonly Scope[],
  more: { connections?: readonly string[]; expiresAt?: Date } = {},
) {
  const wish = { organisationId, name: 'Anlage', scopes, ...more }
  const { row, key } = await createServiceKey(deps, wish, CONSENTRY)
  return { id: row.id, key, headers: { authorization: `Bearer ${key}` } }
}

/** Adds a tenant, consents as its administrator would in a browser, and has a billing report made. */
export async function connect(setup: Setup, owner: Account, tenant: Tenant) {
  const visitor = createVisitor(setup.url)
  await visitor.call('POST', '/api/auth/sign-in/email', { email: owner.email, password: owner.password })
  const path = `/api/v1/connections/${tenant.id}`
  await visitor.call('POST', '/api/v1/connections', { microsoftId: tenant.id })
  const attemptId = await consent(setup, visitor, tenant.id, tenant.users.service)
  const report = await visitor.call<{ id: string }>('POST', `${path}/billing-reports`, { kind: 'billed' })
  await runNextReport(setup.deps)
  // Another account of the same tenant waits for somebody to accept it.
  const otherId = await consent(setup, visitor, tenant.id, tenant.users.second)
  return { attempts: [otherId, attemptId], reportId: report.id }
}

type Link = { readonly url: string; readonly attemptId: string }

async function consent({ microsoft }: Setup, visitor: Visitor, id: string, user: string): Promise<string> {
  const path = `/api/v1/connections/${id}`
  const link = await visitor.call<Link>('POST', `${path}/consent-links`, {})
  const { location: out } = await visitor.visit(link.url)
  const { location: back } = await microsoft.signIn(out ?? '', { user })
  if (!back) throw new Error('Microsoft kept the browser.')
  await visitor.visit(back)
  await ended(visitor, `${path}/consent-attempts/${link.attemptId}`)
  return link.attemptId
}

async function ended(visitor: Visitor, path: string): Promise<void> {
  for (;;) {
    const { status, problem } = await visitor.call<Attempt>('GET', path)
    if (status === 'succeeded' || problem?.code === 'other_account') return
    if (status !== 'waiting' && status !== 'proving') throw new Error(`The consent ended ${problem?.code}.`)
  }
}

type Attempt = { readonly status: string; readonly problem?: { readonly code: string } }
