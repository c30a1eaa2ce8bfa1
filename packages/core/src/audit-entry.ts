import { createHash, createHmac } from 'node:crypto'

import canonicalize from 'canonicalize'

import { sameText } from './secrets.ts'

/** Who did something. `outsider`: holds a consent link and has no account. `operator`: has the command line. */
export type Actor = {
  readonly kind: 'person' | 'service_key' | 'workload' | 'outsider' | 'operator' | 'consentry'
  readonly id: string
  readonly name: string
  readonly email: string | null
}

/** Consentry itself: the nightly run, and what it finds out when a token is asked for. */
export const CONSENTRY: Actor = { kind: 'consentry', id: 'consentry', name: 'Consentry', email: null }

/** Everything that is written down, as `subject.what_happened`. */
export const AUDIT_ACTIONS = [
  'token.issued',
  'grant.refreshed',
  'grant.refused',
  'consent.link_created',
  'consent.link_ended',
  'consent.link_declined',
  'consent.set_off',
  'consent.succeeded',
  'consent.failed',
  'consent.account_accepted',
  'connection.added',
  'connection.imported',
  'connection.renamed',
  'connection.refresh_requested',
  'connection.test_requested',
  'connection.disconnected',
  'application.changed',
  'application.removed',
  'customer_consent.grant_requested',
  'customer_consent.granted',
  'customer_consent.revoke_requested',
  'customer_consent.revoked',
  'report.requested',
  'report.exported',
  'organisation.created',
  'organisation.changed',
  'member.added',
  'member.role_changed',
  'member.removed',
  'invitation.created',
  'invitation.ended',
  'invitation.accepted',
  'single_sign_on.changed',
  'single_sign_on.removed',
  'service_key.created',
  'service_key.rotated',
  'service_key.revoked',
  'workload_identity.created',
  'workload_identity.removed',
  'return_origins.changed',
  'notifications.changed',
  'person.signed_in',
  'person.signed_out',
  'person.session_ended',
  'person.password_changed',
  'person.second_step_added',
  'person.second_step_removed',
  'person.passkey_added',
  'person.passkey_removed',
  'person.sign_in_throttled',
  'audit.exported',
  'keys.rotated',
  'backup.taken',
  'backup.restored',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

type Detail = string | number | boolean | null | readonly string[]

/** Something that was done. Details are names, ids and numbers: never a token, a key or a password. */
export type AuditEvent = {
  /** Whose log shows it; null when it concerns the whole deployment. */
  readonly organisationId: string | null
  readonly actor: Actor
  readonly action: AuditAction
  readonly microsoftId?: string | null
  readonly details?: Readonly<Record<string, Detail>>
}

/** An event that was stored together with what it tells of, on its way into the log. */
export type AuditNote = { readonly id: string; readonly at: Date; readonly event: AuditEvent }

/** An entry as it is stored. */
export type AuditRow = {
  /** From 1, without a gap. */
  readonly sequence: number
  readonly at: Date
  readonly organisationId: string | null
  readonly actorKind: Actor['kind']
  readonly actorId: string
  readonly actorName: string
  readonly actorEmail: string | null
  readonly action: string
  readonly microsoftId: string | null
  /** Canonical JSON. */
  readonly details: string
  /** Hash of the entry before; empty for the first. */
  readonly previous: string
  /** SHA-256, in hex, of the canonical JSON (RFC 8785) of all above, as `auditView` shows it. */
  readonly hash: string
  /** Proof that Consentry wrote it: HMAC-SHA256 of the hash under the log's own key. */
  readonly mac: string
}

/** The signed end of the log, with the log's key as the key ring wraps it. */
export type AuditHead = {
  readonly sequence: number
  readonly hash: string
  readonly mac: string
  readonly key: string
  readonly keyId: string
}

export type AuditEnd = Pick<AuditHead, 'sequence' | 'hash' | 'mac'>

/** Turns the log's end as it is into the entries to add and its new end. */
export type Chain = (
  head: AuditHead,
  notes: readonly AuditNote[],
) => { readonly entries: AuditRow[]; readonly end: AuditEnd }

/** An entry as people and auditors see it: its hash is that of the canonical JSON of all the rest. */
export function auditView(row: AuditRow) {
  return { ...contentOf(row), hash: row.hash }
}

export type AuditView = ReturnType<typeof auditView>

function contentOf(row: Omit<AuditRow, 'hash' | 'mac'>) {
  const details: unknown = JSON.parse(row.details)
  return {
    sequence: row.sequence,
    at: row.at.toISOString(),
    organisationId: row.organisationId,
    actor: { kind: row.actorKind, id: row.actorId, name: row.actorName, email: row.actorEmail },
    action: row.action,
    microsoftId: row.microsoftId,
    details,
    previous: row.previous,
  }
}

type Happened = { readonly at: Date; readonly event: AuditEvent }

/** Adds events to the log's end under its key. */
export function chainOn(
  key: Buffer,
  head: AuditEnd,
  events: readonly Happened[],
): { entries: AuditRow[]; end: AuditEnd } {
  const entries: AuditRow[] = []
  let { sequence, hash } = head
  for (const { at, event } of events) {
    const { actor } = event
    const content = {
      sequence: sequence + 1,
      at,
      organisationId: event.organisationId,
      actorKind: actor.kind,
      actorId: plain(actor.id),
      actorName: plain(actor.name),
      actorEmail: actor.email === null ? null : plain(actor.email),
      action: event.action,
      microsoftId: event.microsoftId ?? null,
      details: canonical(plainDetails(event.details ?? {})),
      previous: hash,
    }
    sequence += 1
    hash = hashOf(content)
    entries.push({ ...content, hash, mac: macOf(key, hash) })
  }
  return { entries, end: { sequence, hash, mac: macOfEnd(key, sequence, hash) } }
}

/** Why an entry is not what was written. */
export type AuditFault = 'missing' | 'out_of_order' | 'altered' | 'forged'

/** What is wrong with an entry that has to follow this one; null when nothing is. */
export function faultOf(
  key: Buffer,
  before: Pick<AuditRow, 'sequence' | 'hash'>,
  row: AuditRow,
): AuditFault | null {
  if (row.sequence !== before.sequence + 1) return 'missing'
  if (row.previous !== before.hash) return 'out_of_order'
  if (!isReadable(row) || hashOf(row) !== row.hash) return 'altered'
  return sameText(macOf(key, row.hash), row.mac) ? null : 'forged'
}

function isReadable(row: AuditRow): boolean {
  try {
    return canonical(JSON.parse(row.details)) === row.details
  } catch {
    return false
  }
}

/** Whether the signed end was written by Consentry. */
export function isOwnEnd(key: Buffer, { sequence, hash, mac }: AuditEnd): boolean {
  return sameText(macOfEnd(key, sequence, hash), mac)
}

function hashOf(row: Omit<AuditRow, 'hash' | 'mac'>): string {
  return createHash('sha256')
    .update(canonical(contentOf(row)))
    .digest('hex')
}

function macOf(key: Buffer, hash: string): string {
  return createHmac('sha256', key).update(`entry\n${hash}`).digest('hex')
}

function macOfEnd(key: Buffer, sequence: number, hash: string): string {
  return createHmac('sha256', key).update(`end\n${sequence}\n${hash}`).digest('hex')
}

function canonical(value: unknown): string {
  // It gives nothing for undefined and functions only.
  return canonicalize(value) ?? 'null'
}

const LONGEST = 500

// What a database would store otherwise than it was hashed: lone surrogates, and NUL on PostgreSQL.
function plain(text: string): string {
  return text.slice(0, LONGEST).toWellFormed().replaceAll('\0', '\u{FFFD}')
}

function plainDetails(details: Readonly<Record<string, Detail>>) {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      if (typeof value === 'string') return [name, plain(value)]
      return [name, typeof value === 'object' && value !== null ? value.map(plain) : value]
    }),
  )
}
