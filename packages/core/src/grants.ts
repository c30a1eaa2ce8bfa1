import { createHash } from 'node:crypto'

import type { Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import type { Tokens } from './microsoft/entra.ts'
import { seal, unseal } from './seal.ts'
import type { AccessTokenRow, ConnectionRow, GrantRow } from './types.ts'

export type OpenGrant = { readonly refreshToken: string } & Pick<GrantRow, 'clientId'>

/**
 * The refresh token of a generation and the own application that it was given to. Throws `not_connected` when it is not
 * there, and what `unseal` throws.
 */
export async function openGrant(
  deps: Deps,
  connection: ConnectionRow,
  generation: number,
): Promise<OpenGrant> {
  const grant = await deps.store.getGrant(connection.id, generation)
  if (!grant) throw new ConsentryError('not_connected')
  const refreshToken = await unseal(deps.keys, connection, contextOf(grant), grant.sealed)
  return { refreshToken, clientId: grant.clientId }
}

// Whose it is, is sealed with it: a grant is never shown to Microsoft by another application than its own.
function contextOf({ generation, clientId }: Pick<GrantRow, 'generation' | 'clientId'>) {
  const subject = clientId === null ? generation : `${generation}\n${clientId}`
  return { purpose: 'refresh-token', subject } as const
}

type NewGrant = Pick<GrantRow, 'generation' | 'origin' | 'attemptId' | 'clientId'> & {
  readonly refreshToken: string
}

/** A refresh token as the row that keeps it. */
export async function sealGrant(deps: Deps, connection: ConnectionRow, grant: NewGrant): Promise<GrantRow> {
  const { refreshToken, ...row } = grant
  const sealed = await seal(deps.keys, connection, contextOf(grant), refreshToken)
  return { ...row, connectionId: connection.id, sealed, createdAt: deps.now(), redeemedAt: null }
}

/** Seals a refresh token and stores it under its generation. */
export async function saveGrant(deps: Deps, connection: ConnectionRow, grant: NewGrant): Promise<void> {
  await deps.store.saveGrant(await sealGrant(deps, connection, grant))
}

/** An access token as the row that shares it with all processes. */
export async function sealAccessToken(
  deps: Deps,
  connection: ConnectionRow,
  key: string,
  tokens: Tokens,
): Promise<AccessTokenRow> {
  const context = { purpose: 'access-token', subject: key } as const
  const sealed = await seal(deps.keys, connection, context, tokens.accessToken)
  const { scopes, expiresAt } = tokens
  return { connectionId: connection.id, key, sealed, scopes, expiresAt, createdAt: deps.now() }
}

/** Seals an access token and stores it for all processes. */
export async function keepAccessToken(
  deps: Deps,
  connection: ConnectionRow,
  key: string,
  tokens: Tokens,
): Promise<AccessTokenRow> {
  const row = await sealAccessToken(deps, connection, key, tokens)
  await deps.store.putAccessToken(row)
  return row
}

/** The cache key of an access token: what was asked for, hashed. */
export function accessTokenKey(scopes: readonly string[], claims?: string): string {
  return createHash('sha256')
    .update(`${scopes.join(' ')}\n${claims ?? ''}`)
    .digest('base64url')
}
