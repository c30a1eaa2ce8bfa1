import { randomUUID } from 'node:crypto'

import { record, type Recording } from './audit.ts'
import type { Actor } from './audit-entry.ts'
import type { Deps, Store, Unchanged } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { isAllowedIssuer, keysOfIssuer } from './issuers.ts'
import { isVaultFault, keyIdOf, type KeyRing } from './seal.ts'
import type { Organisation, Role, SingleSignOnRow } from './types.ts'

export type SingleSignOnWish = {
  readonly issuer: string
  readonly clientId: string
  /** As it was when absent. */
  readonly clientSecret?: string | undefined
  /** Of email addresses that the provider may vouch for. */
  readonly domains: readonly string[]
  /** Nobody but owners comes in any other way. */
  readonly required: boolean
  /** What somebody becomes who is no member yet; null: they are refused. */
  readonly newcomers: Exclude<Role, 'owner'> | null
}

/**
 * Lets people of an organisation in through its own OpenID Connect provider. Throws `issuer_not_allowed`,
 * `issuer_silent` when the provider does not answer as one, `malformed_request` without a secret, `changed_meanwhile`,
 * `not_recorded`.
 */
export async function putSingleSignOn(
  deps: Recording & Pick<Deps, 'config' | 'fetch' | 'keys'>,
  organisationId: string,
  wish: SingleSignOnWish,
  by: Actor,
  unchanged?: Unchanged<SingleSignOnRow | null>,
): Promise<SingleSignOnRow> {
  const { issuer, clientId, clientSecret, required, newcomers } = wish
  if (!isAllowedIssuer(deps.config, issuer)) {
    throw new ConsentryError('issuer_not_allowed', { values: { address: issuer } })
  }
  if (!(await keysOfIssuer(deps, issuer)))
    throw new ConsentryError('issuer_silent', { values: { address: issuer } })
  const before = await deps.store.getSingleSignOn(organisationId)
  if (unchanged?.(before) === false) throw new ConsentryError('changed_meanwhile')
  // A secret belongs to one provider: it is not sent to another because the address was changed.
  const kept = before?.issuer === issuer && before.clientId === clientId ? before.clientSecret : undefined
  const sealed = clientSecret ? await sealSecret(deps.keys, organisationId, clientSecret) : kept
  if (!sealed)
    throw new ConsentryError('malformed_request', { values: { problem: 'clientSecret: is missing.' } })
  const domains = [...new Set(wish.domains.map((it) => it.toLowerCase()))].toSorted()
  const settings = { organisationId, issuer, clientId, domains, required, newcomers }
  const row = { ...settings, clientSecret: sealed, updatedAt: deps.now() }
  const details = {
    issuer,
    clientId,
    domains,
    required,
    newcomers,
    secretChanged: clientSecret !== undefined,
  }
  await record(deps, { organisationId, actor: by, action: 'single_sign_on.changed', details })
  if (!(await deps.store.putSingleSignOn(row, unchanged))) throw new ConsentryError('changed_meanwhile')
  return row
}

/** Ends it, and every session it made. False when there is none. Throws `changed_meanwhile`. */
export async function removeSingleSignOn(
  deps: Recording,
  organisationId: string,
  by: Actor,
  unchanged?: Unchanged<SingleSignOnRow | null>,
): Promise<boolean> {
  const row = await deps.store.getSingleSignOn(organisationId)
  if (unchanged?.(row) === false) throw new ConsentryError('changed_meanwhile')
  if (!row) return false
  const details = { issuer: row.issuer, clientId: row.clientId }
  await record(deps, { organisationId, actor: by, action: 'single_sign_on.removed', details })
  const removed = await deps.store.removeSingleSignOn(organisationId, unchanged)
  if (!removed && unchanged) throw new ConsentryError('changed_meanwhile')
  return removed
}

/** An organisation's provider, ready to be asked. */
export type Provider = Omit<SingleSignOnRow, 'clientSecret'> & {
  readonly organisation: Organisation
  readonly clientSecret: string
}

/** The provider of the organisation with this slug; null alike when there is no such organisation and when it has none. */
export async function findProvider(
  { store, keys, config }: Pick<Deps, 'store' | 'keys' | 'config'>,
  slug: string,
): Promise<Provider | null> {
  const organisation = await store.findOrganisation(slug)
  const row = organisation && (await store.getSingleSignOn(organisation.id))
  // Whoever runs the deployment may have taken back what was allowed once.
  if (!organisation || !row || !isAllowedIssuer(config, row.issuer)) return null
  return { ...row, organisation, clientSecret: await openSecret(keys, row) }
}

/** What a provider says about whoever came from it. */
export type Vouched = {
  readonly subject: string
  readonly email: string | null
  /** The provider has seen that the address is theirs. */
  readonly emailVerified: boolean
  readonly name: string | null
}

/** The accounts, as far as single sign-on needs them. */
export type Accounts = {
  /** Id of the person with this address; null when there is none. */
  find(email: string): Promise<string | null>
  /** Id of the person that a provider's account was linked with; null when there is none. */
  findLinked(provider: string, subject: string): Promise<string | null>
  link(userId: string, provider: string, subject: string): Promise<void>
  /** Makes a person who has no password; gives the id. */
  create(person: { readonly email: string; readonly name: string }): Promise<string>
}

export type Admission =
  | { readonly userId: string }
  | { readonly refused: 'address_unverified' | 'domain_not_allowed' | 'not_a_member' }

/**
 * Whom an organisation's provider vouched for: somebody it vouched for before, by the provider's own id for them; else
 * the member with that verified address; else, where newcomers are welcome and nobody here has that address, a new
 * member. Whoever has an account here, or was removed, has to be invited: a provider that anybody can set up must not
 * take other people's accounts into its organisation.
 */
export async function admit(
  deps: Recording,
  accounts: Accounts,
  provider: Provider,
  vouched: Vouched,
): Promise<Admission> {
  const { organisationId, issuer } = provider
  const link = `sso:${organisationId}`
  // OpenID Connect Core 1.0, 5.7: only issuer and subject together name somebody for good.
  const subject = `${issuer}#${vouched.subject}`
  const members = await deps.store.listMembers(organisationId)
  const isMember = (userId: string) => members.some((it) => it.userId === userId)
  const linked = await accounts.findLinked(link, subject)
  if (linked !== null) return isMember(linked) ? { userId: linked } : { refused: 'not_a_member' }

  const email = vouched.email?.trim().toLowerCase() ?? ''
  if (!vouched.emailVerified || email === '') return { refused: 'address_unverified' }
  if (!provider.domains.includes(email.slice(email.lastIndexOf('@') + 1)))
    return { refused: 'domain_not_allowed' }
  const there = await accounts.find(email)
  const userId = there ?? (await welcome(deps, accounts, provider, { ...vouched, email }))
  if (userId === null || (there !== null && !isMember(there))) return { refused: 'not_a_member' }
  await accounts.link(userId, link, subject)
  return { userId }
}

async function welcome(
  deps: Recording,
  accounts: Accounts,
  { organisationId, issuer, newcomers: role }: Provider,
  { email, name: given }: Vouched & { readonly email: string },
): Promise<string | null> {
  if (role === null) return null
  const name = given?.trim().slice(0, 200) || email
  const userId = await accounts.create({ email, name })
  const actor: Actor = { kind: 'person', id: userId, name, email }
  const details = { member: email, role, issuer }
  await record(deps, { organisationId, actor, action: 'member.added', details })
  await deps.store.putMember({ id: randomUUID(), organisationId, userId, role, createdAt: deps.now() })
  return userId
}

/** Wraps every client secret with the ring's active key. Gives the ids of organisations whose secret does not open. */
export async function rewrapClientSecrets({ store, keys }: { store: Store; keys: KeyRing }) {
  const stuck: string[] = []
  const active = await keys.activeId()
  for (const row of await store.listSingleSignOns()) {
    if (keyIdOf(row.clientSecret) === active) continue
    try {
      const fresh = await sealSecret(keys, row.organisationId, await openSecret(keys, row))
      await store.replaceClientSecret(row.organisationId, row.clientSecret, fresh)
    } catch (error) {
      if (!(error instanceof ConsentryError) || isVaultFault(error)) throw error
      stuck.push(row.organisationId)
    }
  }
  return stuck
}

function ownerOf(organisationId: string): string {
  return `single sign-on\n${organisationId}`
}

async function sealSecret(keys: KeyRing, organisationId: string, secret: string): Promise<string> {
  return keys.wrap(Buffer.from(secret, 'utf8'), ownerOf(organisationId))
}

async function openSecret(keys: KeyRing, row: SingleSignOnRow): Promise<string> {
  return (await keys.unwrap(row.clientSecret, ownerOf(row.organisationId))).toString('utf8')
}
