import { randomBytes } from 'node:crypto'

import { SCOPES, type Scope } from '@consentry/core'

import { addKey, signUp, type Account, type Setup } from './organisation.ts'
import { demo } from '@consentry/microsoft-simulator'

/** Whoever sends a request, and what it shows of itself. */
export type Actor = {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  /** What it shows is good for something. */
  readonly known: boolean
  /** Of the other organisation, where it may read only. */
  readonly foreign?: boolean
  /** Ids and names that it must not see. */
  readonly hides: readonly string[]
}

type Plain = Omit<Actor, 'hides'>
type Victim = { readonly id: string; readonly cookie: string }

// Each may send 1,200 requests a minute.
const OF_EACH = 6

/** Callers of every kind: each role, keys of each scope, keys that ended, strangers, and the other organisation's. */
export async function createActors(setup: Setup, organisationId: string, victim: Victim) {
  const accounts: Account[] = []
  const all: Plain[] = []
  for (const [role, count] of [
    ['owner', OF_EACH],
    ['admin', 3],
    ['viewer', 2],
  ] as const) {
    for (let n = 0; n < count; n += 1) {
      const account = await signUp(setup, organisationId, role, `198.18.1.${accounts.length}`)
      accounts.push(account)
      all.push({ name: `${role} ${n}`, headers: { cookie: account.cookie }, known: true })
    }
  }
  for (let n = 0; n < OF_EACH; n += 1) all.push(await keyed(setup, organisationId, `all scopes ${n}`, SCOPES))
  for (const scope of SCOPES) all.push(await keyed(setup, organisationId, scope, [scope]))
  const bound = { connections: [demo.tenants.nordwind.id] }
  all.push(await keyed(setup, organisationId, 'bound', SCOPES, bound))
  const reading: readonly Scope[] = ['connections:read', 'billing:read', 'audit:read']
  all.push({ ...(await keyed(setup, victim.id, 'of the other', reading)), foreign: true })
  return { accounts, all: [...all, ...(await strangers(setup, organisationId, accounts))] }
}

async function keyed(
  setup: Setup,
  organisationId: string,
  name: string,
  scopes: readonly Scope[],
  more: { connections?: readonly string[] } = {},
): Promise<Plain> {
  const { headers } = await addKey(setup, organisationId, scopes, more)
  return { name: `key ${name}`, headers, known: true }
}

async function strangers(
  setup: Setup,
  organisationId: string,
  accounts: readonly Account[],
): Promise<Plain[]> {
  const expired = await addKey(setup, organisationId, SCOPES, { expiresAt: new Date(0) })
  const revoked = await addKey(setup, organisationId, SCOPES)
  await setup.deps.store.revokeServiceKey(organisationId, revoked.id, new Date())
  const cookie = accounts[0]?.cookie ?? ''
  // Other cookies stand beside the session's.
  const [name = '', value = ''] = cookie.split('; ', 1)[0]?.split(/=(.*)/s) ?? []
  const shown: Record<string, Record<string, string>> = {
    nobody: {},
    'expired key': expired.headers,
    'revoked key': revoked.headers,
    'unknown key': { authorization: `Bearer csk_${randomBytes(32).toString('base64url')}` },
    'empty bearer': { authorization: 'Bearer ' },
    'basic credentials': { authorization: 'Basic YWRtaW46YWRtaW4=' },
    'long bearer': { authorization: `Bearer ${'x'.repeat(7000)}` },
    'unsigned session': { cookie: `${name}=${value.split('.')[0]}` },
    'session signed by another': { cookie: `${name}=${value.slice(0, -8)}AAAAAAA%3D` },
    'random session': { cookie: `${name}=${randomBytes(24).toString('base64url')}` },
    'key beside a session': { cookie, authorization: 'Bearer wrong' },
  }
  // The session is good wherever no key is asked for.
  const good = new Set(['key beside a session'])
  return Object.entries(shown).map(([kind, headers]) => ({ name: kind, headers, known: good.has(kind) }))
}
