import { randomUUID } from 'node:crypto'

import { jwtVerify, type JWTPayload } from 'jose'

import { record, type Recording } from './audit.ts'
import type { Actor, AuditAction } from './audit-entry.ts'
import type { Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { isAllowedIssuer, keysOfIssuer } from './issuers.ts'
import { MINUTE, SECOND } from './microsoft/http.ts'
import { readClaims } from './microsoft/tenant.ts'
import { hashToken, randomToken } from './secrets.ts'
import type { Scope, ServiceKeyRow, WorkloadRow } from './types.ts'

export type NewWorkload = {
  readonly organisationId: string
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Microsoft IDs it is bound to; all of the organisation when absent. */
  readonly connections?: readonly string[] | null | undefined
  readonly issuer: string
  readonly audience: string
  /** Whole, or with `*` for any characters in it. */
  readonly subject: string
  readonly expiresAt?: Date | null | undefined
}

/** Characters of a subject before its first `*`: fewer would let in whoever the issuer knows. */
const SHORTEST_SUBJECT = 8
// More would make matching slow.
const MOST_STARS = 3

/**
 * Lets a service in by tokens of an issuer: whoever shows one of its with this audience and subject. Throws
 * `issuer_not_allowed`, `malformed_request` for a subject that says too little, `not_recorded`.
 */
export async function createWorkload(
  deps: Recording & Pick<Deps, 'config'>,
  wish: NewWorkload,
  by: Actor,
): Promise<WorkloadRow> {
  if (!isAllowedIssuer(deps.config, wish.issuer)) {
    throw new ConsentryError('issuer_not_allowed', { values: { address: wish.issuer } })
  }
  const [literal = '', ...rest] = wish.subject.split('*')
  if (rest.length > MOST_STARS || (rest.length > 0 && literal.length < SHORTEST_SUBJECT)) {
    const what = `subject: at most ${MOST_STARS} *, and at least ${SHORTEST_SUBJECT} characters before the first.`
    throw new ConsentryError('malformed_request', { values: { problem: what } })
  }
  const row: WorkloadRow = {
    id: randomUUID(),
    organisationId: wish.organisationId,
    name: wish.name,
    // There is no key: nobody ever knew what this is the hash of.
    prefix: '',
    hash: hashToken(randomToken()),
    scopes: wish.scopes,
    connections: wish.connections?.map((it) => it.toLowerCase()) ?? null,
    issuer: wish.issuer,
    audience: wish.audience,
    subject: wish.subject,
    expiresAt: wish.expiresAt ?? null,
    lastUsedAt: null,
    revokedAt: null,
    replacedBy: null,
    createdAt: deps.now(),
  }
  await recordWorkload(deps, row, by, 'workload_identity.created')
  await deps.store.createServiceKey(row)
  return row
}

/** The organisation's workload identities, oldest first. */
export async function listWorkloads({ store }: Pick<Deps, 'store'>, organisationId: string) {
  return (await store.listServiceKeys(organisationId)).filter(isWorkload)
}

/** Ends it at once. False when there is none to end. */
export async function removeWorkload(
  deps: Recording,
  organisationId: string,
  id: string,
  by: Actor,
): Promise<boolean> {
  const row = (await listWorkloads(deps, organisationId)).find((it) => it.id === id)
  if (!row || row.revokedAt) return false
  await recordWorkload(deps, row, by, 'workload_identity.removed')
  return deps.store.revokeServiceKey(organisationId, id, deps.now())
}

/** Whether a row is let in by tokens of an issuer, not by a key. */
export function isWorkload(row: ServiceKeyRow): row is WorkloadRow {
  return row.issuer !== null
}

async function recordWorkload(deps: Recording, row: WorkloadRow, actor: Actor, action: AuditAction) {
  const { organisationId, id, name, scopes, connections, issuer, audience, subject } = row
  const details = {
    identity: id,
    name,
    scopes,
    issuer,
    audience,
    subject,
    ...(connections ? { connections } : {}),
  }
  await record(deps, { organisationId, actor, action, details })
}

// No symmetric ones, and never `none`: RFC 8725, 3.1.
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const LONGEST_TOKEN = 16_384
/** A managed identity's token lives for a day; what lives much longer is no proof of who runs now. */
const LONGEST_LIFE = 25 * 60 * MINUTE
const TOUCH_INTERVAL = MINUTE

/**
 * The identity that a token of an issuer proves; null alike for whatever does not hold. Where several organisations
 * trust the same, `slug` says which is meant.
 */
export async function authenticateWorkload(
  deps: Deps,
  token: string,
  slug?: string,
): Promise<WorkloadRow | null> {
  const issuer = token.length <= LONGEST_TOKEN ? readClaims(token)?.iss : undefined
  if (typeof issuer !== 'string') return null
  const now = deps.now()
  const rows = (await deps.store.findWorkloads(issuer)).filter((it) => !it.expiresAt || it.expiresAt > now)
  const claims = rows.length > 0 ? await verify(deps, token, issuer, rows) : null
  if (!claims) return null
  const fitting = await ofOrganisation(
    deps,
    rows.filter((row) => fits(row, claims)),
    slug,
  )
  const [row] = fitting
  // Which organisation is meant must not be guessed.
  if (!row || fitting.some((it) => it.organisationId !== row.organisationId)) return null
  if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() > TOUCH_INTERVAL)
    await deps.store.touchServiceKey(row.id, now)
  return row
}

async function verify(deps: Deps, token: string, issuer: string, rows: readonly WorkloadRow[]) {
  const keys = await keysOfIssuer(deps, issuer)
  if (!keys) return null
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: rows.map((it) => it.audience),
      algorithms: ALGORITHMS,
      requiredClaims: ['exp', 'iat', 'sub', 'aud'],
      currentDate: deps.now(),
      clockTolerance: '1 minute',
    })
    const life = ((payload.exp ?? 0) - (payload.iat ?? 0)) * SECOND
    return life <= LONGEST_LIFE ? payload : null
  } catch {
    return null
  }
}

function fits({ audience, subject }: WorkloadRow, claims: JWTPayload): boolean {
  const audiences = [claims.aud ?? []].flat()
  const pattern = subject.split('*').map((it) => it.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`))
  return audiences.includes(audience) && new RegExp(`^${pattern.join('.*')}$`).test(claims.sub ?? '')
}

async function ofOrganisation({ store }: Deps, rows: readonly WorkloadRow[], slug: string | undefined) {
  if (slug === undefined) return rows
  const organisation = await store.findOrganisation(slug)
  return rows.filter((it) => it.organisationId === organisation?.id)
}
