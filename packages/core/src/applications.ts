import type { Deps } from './deps.ts'
import { diagnoseToken, type Diagnosis } from './diagnosis.ts'
import { ConsentryError, problem, type Values } from './errors.ts'
import { heldCertificate, type ClientCredential } from './microsoft/credentials.ts'
import type { Answer } from './microsoft/http.ts'
import { unseal } from './seal.ts'
import { wordsOf } from './status.ts'
import type { ApplicationRow, ConnectionRow } from './types.ts'

/** What an own application proves itself with, as it is sealed. */
export type Credential = { readonly secrets: readonly string[] } | { readonly certificate: string }

/** A secret of an application opens for that application of that connection only. */
export function applicationContext(clientId: string) {
  return { purpose: 'application', subject: clientId } as const
}

/**
 * The world as an own application sees it: what is asked of Microsoft with it is asked as that application. Null is the
 * deployment's. Throws `sealed_altered` where the application was taken away or its secret was moved, `keys_missing`.
 */
export async function asApplication(
  deps: Deps,
  connection: ConnectionRow,
  clientId: string | null,
): Promise<Deps> {
  if (clientId === null) return deps
  const row = await deps.store.getApplication(connection.id, clientId)
  if (!row) throw new ConsentryError('sealed_altered', { values: wordsOf(connection) })
  const credentials = await openCredentials(deps, connection, row)
  const { config } = deps
  const microsoft = { ...config.microsoft, clientId, credentials, applicationTenant: null }
  return { ...deps, config: { ...config, microsoft } }
}

async function openCredentials(
  { keys }: Pick<Deps, 'keys'>,
  connection: ConnectionRow,
  { clientId, sealed, addedAt }: ApplicationRow,
): Promise<ClientCredential[]> {
  // Sealed by us, so it is what we wrote.
  const opened = JSON.parse(
    await unseal(keys, connection, applicationContext(clientId), sealed),
  ) as Credential
  if ('certificate' in opened) return [heldCertificate(opened.certificate)]
  return opened.secrets.map((secret) => ({ kind: 'secret', secret, since: addedAt }))
}

/** When the secret or certificate of an own application runs out; null where that is not known, and for the deployment's. */
export async function credentialEnd(
  { store }: Pick<Deps, 'store'>,
  connectionId: string,
  clientId: string | null,
): Promise<Date | null> {
  if (clientId === null) return null
  return (await store.getApplication(connectionId, clientId))?.expiresAt ?? null
}

/** The own application that the working grant was given to; null for the deployment's, and where nothing works yet. */
export async function workingClientId(
  { store }: Pick<Deps, 'store'>,
  { id, generation }: Pick<ConnectionRow, 'id' | 'generation'>,
): Promise<string | null> {
  if (generation === null) return null
  return (await store.getGrant(id, generation))?.clientId ?? null
}

const SECRET_EXPIRED = '7000222'

/**
 * `diagnoseToken`, for what was asked as an own application: a fault of that is its organisation's to mend, and no
 * other tenant's. Only a secret that has run out is certain at once.
 */
export function diagnoseAs(clientId: string | null, answer: Answer, now: Date, values: Values): Diagnosis {
  const found = diagnoseToken(answer, now, values)
  if (clientId === null || found.verdict !== 'app') return found
  const { code, microsoft } = found.problem
  return {
    ...found,
    problem: problem(
      code === 'app_secret' ? 'application_secret' : 'application_misconfigured',
      values,
      microsoft,
    ),
    verdict: microsoft?.code === SECRET_EXPIRED ? 'definitive' : 'ambiguous',
  }
}
