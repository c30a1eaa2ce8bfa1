import type { Deps } from '../deps.ts'
import { isLoopback } from './clouds.ts'
import { SECOND, send, type Answer } from './http.ts'

/** An identity that the platform gives to what runs on it, and where it hands out its tokens. */
export type ManagedIdentity = {
  readonly endpoint: string
  /** What App Service and Container Apps want to see; null on machines, which ask the instance metadata service. */
  readonly header: string | null
  /** Of a user-assigned identity; null for the machine's own. */
  readonly clientId: string | null
}

const INSTANCE_METADATA = 'http://169.254.169.254/metadata/identity/oauth2/token'

/**
 * App Service and its kin say where to ask by `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`; machines have one address for
 * it. Null when what the variables say cannot be that.
 */
export function readManagedIdentity(
  env: Readonly<Record<string, string | undefined>>,
  clientId: string | null,
): ManagedIdentity | null {
  const endpoint = env.IDENTITY_ENDPOINT?.trim()
  const header = env.IDENTITY_HEADER?.trim()
  if (!endpoint) return { endpoint: INSTANCE_METADATA, header: null, clientId }
  return header && isPlatformAddress(endpoint) ? { endpoint, header, clientId } : null
}

/** What to set where `readManagedIdentity` finds nothing usable. */
export const PLATFORM_ENDPOINT =
  'is not usable; set an address of this machine, with IDENTITY_HEADER; leave both to the platform'

/** The endpoint hands out the deployment's identity: it is on this machine or on its own link (RFC 3927). */
function isPlatformAddress(address: string): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  return url.protocol === 'http:' && (isLoopback(url) || /^169\.254(\.\d{1,3}){2}$/.test(url.hostname))
}

/**
 * Asks the platform for a token for the resource. learn.microsoft.com/azure/app-service/overview-managed-identity (REST
 * endpoint reference) and …/entra/identity/managed-identities-azure-resources/how-to-use-vm-token.
 */
export function askManagedIdentity(
  { fetch }: Pick<Deps, 'fetch'>,
  { endpoint, header, clientId }: ManagedIdentity,
  resource: string,
): Promise<Answer> {
  const query = new URLSearchParams({
    'api-version': header === null ? '2018-02-01' : '2019-08-01',
    resource,
    ...(clientId ? { client_id: clientId } : {}),
  })
  const headers = header === null ? { metadata: 'true' } : { 'x-identity-header': header }
  return send(fetch, `${endpoint}?${query}`, { headers, timeoutMs: 10 * SECOND })
}
