import { applicationContext, credentialEnd, workingClientId, type Credential } from './applications.ts'
import type { Actor } from './audit-entry.ts'
import { recordAct } from './connections.ts'
import type { Deps, Unchanged } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { foreseen } from './foresight.ts'
import { LONG_PATIENCE, withLease } from './lease.ts'
import { currentCertificate, heldCertificate } from './microsoft/credentials.ts'
import { seal } from './seal.ts'
import type { ApplicationRow, ConnectionRow } from './types.ts'

/** What an own application is to be: its client id, and either secrets or a certificate. */
export type ApplicationWish = {
  readonly clientId: string
  /** Tried in this order. */
  readonly secrets?: readonly string[] | undefined
  /** PEM text that holds the certificate and its RSA key. */
  readonly certificate?: string | undefined
  /** When the last of the secrets runs out; a certificate says it itself. */
  readonly expiresAt?: Date | undefined
}

/**
 * Lets the connection have an application of its own: consents are asked for as it from now on. A sign-in that was given
 * to another application goes on until a new consent is proven; one that was given to this one goes on with the new
 * secret at once. Throws `malformed_request` where the secret cannot be one, `changed_meanwhile`, `not_recorded`, what
 * sealing throws.
 */
export async function putApplication(
  deps: Deps,
  connection: ConnectionRow,
  wish: ApplicationWish,
  by: Actor,
  unchanged?: Unchanged<ApplicationsSeen>,
): Promise<void> {
  const version = await versionOf(deps, connection, unchanged)
  const { clientId, kind, credential, expiresAt } = readWish(deps, wish)
  const { id: connectionId } = connection
  const sealed = await seal(deps.keys, connection, applicationContext(clientId), JSON.stringify(credential))
  const details = { clientId, kind, expiresAt: expiresAt?.toISOString() ?? null }
  await recordAct(deps, connection, by, 'application.changed', details)
  const row = { connectionId, clientId, kind, sealed, expiresAt, addedAt: deps.now(), addedBy: by.name }
  if (!(await deps.store.putApplication(row, version))) throw new ConsentryError('changed_meanwhile')
  await goOnWith(deps, connectionId, clientId)
}

/**
 * Lets consents be asked for as the deployment's application again. What was given to the own one goes on until a new
 * consent is proven; where nothing was, its secret is destroyed at once. Throws `changed_meanwhile`, `not_recorded`.
 */
export async function removeApplication(
  deps: Deps,
  connection: ConnectionRow,
  by: Actor,
  unchanged?: Unchanged<ApplicationsSeen>,
): Promise<void> {
  const { id, clientId } = connection
  const version = await versionOf(deps, connection, unchanged)
  await recordAct(deps, connection, by, 'application.removed', { clientId })
  if (!(await deps.store.updateConnection(id, { clientId: null }, version)))
    throw new ConsentryError('changed_meanwhile')
  await deps.store.dropUnusedApplications(deps.now())
}

/** The version that the write has to find, where it may replace only what somebody saw. */
async function versionOf(
  deps: Deps,
  connection: ConnectionRow,
  unchanged: Unchanged<ApplicationsSeen> | undefined,
): Promise<number | undefined> {
  if (!unchanged) return undefined
  if (!unchanged(await showApplications(deps, connection))) throw new ConsentryError('changed_meanwhile')
  return connection.version
}

/** A connection's application as people see it; without dates it is the deployment's. */
export type ApplicationSeen = Pick<ApplicationRow, 'clientId'> & {
  readonly kind: ApplicationRow['kind'] | 'deployment'
  readonly row: Pick<ApplicationRow, 'expiresAt' | 'addedAt' | 'addedBy'> | null
}

export type ApplicationsSeen = {
  /** What the next consent is asked for as. */
  readonly next: ApplicationSeen
  /** What the working sign-in was given to; null before the first consent. */
  readonly working: ApplicationSeen | null
}

/** The application that the next consent is for, and the one of the working sign-in. */
export async function showApplications(deps: Deps, connection: ConnectionRow): Promise<ApplicationsSeen> {
  const rows = await deps.store.listApplications(connection.id)
  function seen(clientId: string | null): ApplicationSeen {
    const row = rows.find((it) => it.clientId === clientId) ?? null
    if (row) return { clientId: row.clientId, kind: row.kind, row }
    return { clientId: clientId ?? deps.config.microsoft.clientId, kind: 'deployment', row }
  }
  const working = connection.generation === null ? null : seen(await workingClientId(deps, connection))
  return { next: seen(connection.clientId), working }
}

/** A sign-in that was given to this application is tried with the new secret at once. */
async function goOnWith(deps: Deps, connectionId: string, clientId: string): Promise<void> {
  const row = await deps.store.getConnection(connectionId)
  if (!row || row.generation === null || (await workingClientId(deps, row)) !== clientId) return
  const nothing = async () => null
  await withLease(deps, connectionId, nothing, (leased) => renew(deps, leased, clientId), LONG_PATIENCE)
}

async function renew(deps: Deps, leased: ConnectionRow, clientId: string): Promise<true> {
  const now = deps.now()
  const patch = {
    credentialEndsAt: await credentialEnd(deps, leased.id, clientId),
    nextRefreshAt: now,
    doubtCode: null,
    doubtSince: null,
  }
  await deps.store.releaseLease(leased.id, leased.fence, foreseen(leased, patch, now, deps.config))
  return true
}

type Read = Pick<ApplicationRow, 'clientId' | 'kind' | 'expiresAt'> & { readonly credential: Credential }

const GUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/
const MOST_SECRETS = 5

function readWish(deps: Deps, { secrets, certificate, ...wish }: ApplicationWish): Read {
  const clientId = wish.clientId.trim().toLowerCase()
  if (!GUID.test(clientId)) throw malformed('clientId: is not an application (client) id, a GUID')
  if (clientId === deps.config.microsoft.clientId)
    throw malformed("clientId: is the deployment's own application, which needs nothing to be entered")
  if ((secrets === undefined) === (certificate === undefined))
    throw malformed('set either secrets or a certificate')
  if (certificate !== undefined) {
    if (wish.expiresAt) throw malformed('expiresAt: a certificate says it itself; leave it out')
    const expiresAt = endOfCertificate(deps, certificate)
    return { clientId, kind: 'certificate', expiresAt, credential: { certificate } }
  }
  const expiresAt = wish.expiresAt ?? null
  if (expiresAt && expiresAt <= deps.now()) throw malformed('expiresAt: is past')
  return { clientId, kind: 'secret', expiresAt, credential: { secrets: readSecrets(secrets ?? []) } }
}

// As in the deployment's own configuration: the value of a secret is never a GUID, its id always is.
function readSecrets(given: readonly string[]): string[] {
  const secrets = given.map((it) => it.trim())
  if (secrets.length === 0 || secrets.length > MOST_SECRETS)
    throw malformed(`clientSecrets: set 1 to ${MOST_SECRETS}`)
  if (secrets.some((it) => GUID.test(it.toLowerCase())))
    throw malformed(
      'clientSecrets: has the id of a secret in place of the secret; set its value, which the portal shows once, in the column Value (if it is gone, make a new secret)',
    )
  if (secrets.some((it) => !/^[\x21-\x7e]{8,500}$/.test(it)))
    throw malformed('clientSecrets: has one that no secret of Microsoft can be; copy the column Value whole')
  return secrets
}

function endOfCertificate({ now }: Pick<Deps, 'now'>, pem: string): Date {
  const { expiresAt } = readPem(pem)
  if (expiresAt <= now()) throw malformed('clientCertificate: has run out')
  return expiresAt
}

function readPem(pem: string) {
  try {
    return currentCertificate(heldCertificate(pem))
  } catch (cause) {
    // OpenSSL's own words could quote what was sent.
    const known = cause instanceof Error && /^holds (?:no|a key) [\w ]+$/.test(cause.message)
    const why = known ? cause.message : 'cannot be read'
    throw malformed(`clientCertificate: ${why}; set PEM text with the private key and the certificate`)
  }
}

function malformed(what: string): ConsentryError {
  return new ConsentryError('malformed_request', { values: { problem: `${what}.` } })
}
