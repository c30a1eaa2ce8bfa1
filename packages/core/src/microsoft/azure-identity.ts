import { readFile } from 'node:fs/promises'

import { ConfigError, type Env } from '../config.ts'
import type { Deps } from '../deps.ts'
import { isLoopback } from './clouds.ts'
import { field, SECOND, send, textField, type Answer } from './http.ts'
import {
  askManagedIdentity,
  PLATFORM_ENDPOINT,
  readManagedIdentity,
  type ManagedIdentity,
} from './managed-identity.ts'

/** Who this process is at Azure. */
export type AzureIdentity =
  | { readonly kind: 'secret'; readonly tokenUrl: string; readonly clientId: string; readonly secret: string }
  | { readonly kind: 'workload'; readonly tokenUrl: string; readonly clientId: string; readonly file: string }
  | ({ readonly kind: 'managed' } & ManagedIdentity)

/**
 * Who to be, from the variables that Azure's own libraries read: a client secret, else a workload identity's token
 * file, else the managed identity. Throws `ConfigError`.
 */
export function readAzureIdentity(env: Env, login: string): AzureIdentity {
  const clientId = env.AZURE_CLIENT_ID?.trim() || null
  const tenantId = env.AZURE_TENANT_ID?.trim()
  const secret = env.AZURE_CLIENT_SECRET?.trim()
  const file = env.AZURE_FEDERATED_TOKEN_FILE?.trim()
  if (secret || file) {
    if (!clientId || !tenantId || !/^[0-9A-Za-z.-]+$/.test(tenantId))
      throw new ConfigError('AZURE_CLIENT_ID: set it and AZURE_TENANT_ID; they name who asks the key vault')
    const tokenUrl = `${readAuthority(env, login)}/${tenantId}/oauth2/v2.0/token`
    return secret
      ? { kind: 'secret', tokenUrl, clientId, secret }
      : { kind: 'workload', tokenUrl, clientId, file: file ?? '' }
  }
  const managed = readManagedIdentity(env, clientId)
  if (!managed) throw new ConfigError(`IDENTITY_ENDPOINT: ${PLATFORM_ENDPOINT}`)
  return { kind: 'managed', ...managed }
}

function readAuthority(env: Env, login: string): string {
  const value = env.AZURE_AUTHORITY_HOST?.trim() || login
  const url = URL.canParse(value) ? new URL(value) : null
  if (!url || (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))))
    throw new ConfigError('AZURE_AUTHORITY_HOST: is not usable; set an https address')
  return url.origin
}

export type AzureToken = { readonly token: string; readonly expiresAt: Date }

/** A token for a resource (`https://vault.azure.net`), or what was answered instead. */
export async function askAzureToken(
  world: Pick<Deps, 'fetch' | 'now'>,
  identity: AzureIdentity,
  resource: string,
): Promise<AzureToken | { readonly refused: Answer }> {
  const answer = await (identity.kind === 'managed'
    ? askManagedIdentity(world, identity, resource)
    : askLogin(world, identity, resource))
  const token = textField(answer.json, 'access_token')
  const lifetime = Number(field(answer.json, 'expires_in'))
  const until = Number(field(answer.json, 'expires_on'))
  if (answer.status !== 200 || !token) return { refused: answer }
  // App Service says when, the others how long.
  const expiresAt = lifetime > 0 ? world.now().getTime() + lifetime * SECOND : until * SECOND
  return { token, expiresAt: new Date(Number.isFinite(expiresAt) ? expiresAt : world.now()) }
}

// RFC 6749, 4.4, with a secret or a JWT (RFC 7523, 2.2).
async function askLogin(
  { fetch }: Pick<Deps, 'fetch'>,
  identity: Exclude<AzureIdentity, { kind: 'managed' }>,
  resource: string,
): Promise<Answer> {
  const proof =
    identity.kind === 'secret'
      ? { client_secret: identity.secret }
      : {
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          // Kubernetes writes a new one every hour.
          client_assertion: await readFile(identity.file, 'utf8').then(
            (it) => it.trim(),
            () => '',
          ),
        }
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: identity.clientId,
    scope: `${resource}/.default`,
    ...proof,
  })
  return send(fetch, identity.tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
    timeoutMs: 10 * SECOND,
  })
}
