import { createHash } from 'node:crypto'

import type { Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import type { Tokens } from './microsoft/entra.ts'
import { seal, unseal } from './seal.ts'
import type { AccessTokenRow, ConnectionRow, GrantRow } from './types.ts'

/** Opens a generation under a held lease, which is let go when that fails. Throws `not_connected`, `keys_missing`. */
export async function openGrant(deps: Deps, leased: ConnectionRow, generation: number): Promise<string> {
  const grant = await deps.store.getGrant(leased.id, generation)
  try {
    if (!grant) throw new ConsentryError('not_connected')
    return await unseal(deps.keys, leased, { purpose: 'refresh-token', subject: generation }, grant.sealed)
  } catch (error) {
    await deps.store.releaseLease(leased.id, leased.fence, {})
    throw error
  }
}

/** Seals a refresh token and stores it under its generation. */
export async function saveGrant(
  deps: Deps,
  connection: ConnectionRow,
  grant: Pick<GrantRow, 'generation' | 'origin' | 'attemptId'> & { readonly refreshToken: string },
): Promise<void> {
  const { refreshToken, ...row } = grant
  const sealed = await seal(
    deps.keys,
    connection,
    { purpose: 'refresh-token', subject: grant.generation },
    refreshToken,
  )
  await deps.store.saveGrant({
    ...row,
    connectionId: connection.id,
    sealed,
    createdAt: deps.now(),
    redeemedAt: null,
  })
}

/** Seals an access token and stores it for all processes. */
export async function keepAccessToken(
  deps: Deps,
  connection: ConnectionRow,
  key: string,
  tokens: Tokens,
): Promise<AccessTokenRow> {
  const sealed = await seal(
    deps.keys,
    connection,
    { purpose: 'access-token', subject: key },
    tokens.accessToken,
  )
  const row = {
    connectionId: connection.id,
    key,
    sealed,
    scopes: tokens.scopes,
    expiresAt: tokens.expiresAt,
    createdAt: deps.now(),
  }
  await deps.store.putAccessToken(row)
  return row
}

/** The cache key of an access token: what was asked for, hashed. */
export function accessTokenKey(scopes: readonly string[], claims?: string): string {
  return createHash('sha256')
    .update(`${scopes.join(' ')}\n${claims ?? ''}`)
    .digest('base64url')
}
