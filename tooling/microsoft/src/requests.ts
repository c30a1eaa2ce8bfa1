import { createHash } from 'node:crypto'
import type { HostName } from './urls.ts'

/** One request as the simulator saw it. Secrets, codes and tokens never appear in clear. */
export type RequestRecord = {
  at: Date
  host: HostName
  method: string
  /** Path below the host's base, without the query. */
  path: string
  route: string
  tenantId?: string
  clientId?: string
  grantType?: string
  /** Scope as asked for, at the authorize and token endpoints. */
  scope?: string
  /** SHA-256 (hex) of the refresh token that was sent. */
  refreshTokenHash?: string
  /** 0 when the connection was cut instead of answered. */
  status: number
  aadsts?: number
  headers: Record<string, string>
}

const secretHeaders = new Set(['authorization', 'cookie'])

/** Headers for the log: credentials keep only their scheme. */
export function loggedHeaders(headers: Headers): Record<string, string> {
  const entries: [string, string][] = []
  for (const [name, value] of headers) {
    entries.push([name, secretHeaders.has(name) ? (value.startsWith('Bearer ') ? 'Bearer …' : '…') : value])
  }
  return Object.fromEntries(entries)
}

/** SHA-256 of a token, hex: how tokens are named in state and log. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Adds an entry and lets the oldest go, in batches since removing one by one would cost each request. */
export function logRequest(requests: RequestRecord[], record: RequestRecord, limit: number): void {
  requests.push(record)
  if (requests.length > limit * 1.1 + 10) requests.splice(0, requests.length - limit)
}
