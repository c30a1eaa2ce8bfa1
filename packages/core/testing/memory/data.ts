import type { AuditHead, AuditNote, AuditRow } from '../../src/audit-entry.ts'
import type { Page, PageRequest } from '../../src/deps.ts'
import { ConsentryError } from '../../src/errors.ts'
import type { LastTurn } from '../../src/turns.ts'
import type {
  AccessTokenRow,
  ApplicationRow,
  AttemptRow,
  BreakdownRow,
  ChannelRow,
  CheckRow,
  ConnectionRow,
  CoolDownRow,
  CustomerConsentRow,
  GrantRow,
  InvitationRow,
  NightRow,
  NotificationRow,
  Organisation,
  ReportChunkRow,
  ReportRow,
  Role,
  ServiceKeyRow,
  SessionRow,
  SingleSignOnRow,
  TokenUse,
  ToldRow,
} from '../../src/types.ts'

export type Person = { readonly id: string; readonly email: string; readonly name: string }

export type MembershipRow = {
  readonly id: string
  readonly organisationId: string
  readonly userId: string
  readonly role: Role
  readonly createdAt: Date
}

/** The tables: a Map keeps the order in which rows came. */
export type Data = ReturnType<typeof emptyData>

export function emptyData() {
  return {
    /** The processes that have these tables open. */
    living: new Set<string>(),
    people: new Map<string, Person>(),
    sessions: new Map<string, SessionRow>(),
    singleSignOns: new Map<string, SingleSignOnRow>(),
    channels: new Map<string, ChannelRow>(),
    told: new Map<string, ToldRow>(),
    notifications: new Map<string, NotificationRow>(),
    invitations: new Map<string, InvitationRow>(),
    organisations: new Map<string, Organisation>(),
    /** Ids of organisations that ask for one. */
    secondSteps: new Set<string>(),
    members: new Map<string, MembershipRow>(),
    connections: new Map<string, ConnectionRow>(),
    applications: new Map<string, ApplicationRow>(),
    grants: new Map<string, GrantRow>(),
    accessTokens: new Map<string, AccessTokenRow>(),
    coolDowns: new Map<string, CoolDownRow>(),
    customerConsents: new Map<string, CustomerConsentRow>(),
    attempts: new Map<string, AttemptRow>(),
    checks: new Map<string, CheckRow>(),
    serviceKeys: new Map<string, ServiceKeyRow>(),
    tokenUses: new Map<string, Omit<TokenUse, 'name'>>(),
    returnOrigins: new Map<string, readonly string[]>(),
    reports: new Map<string, ReportRow>(),
    chunks: new Map<string, ReportChunkRow>(),
    breakdown: new Map<string, BreakdownRow>(),
    nights: new Map<string, NightRow>(),
    turns: new Map<string, LastTurn>(),
    audit: new Map<string, AuditRow>(),
    auditNotes: new Map<string, AuditNote>(),
    auditHead: { current: null as AuditHead | null },
  }
}

/** Key of a row that two or more values name. */
export function keyOf(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts)
}

/** Adds a copy, so that a caller who changes its row later does not change ours; refuses a key that is taken. */
export function insert<T>(table: Map<string, T>, key: string, row: T): void {
  if (table.has(key)) throw new Error(`The row ${key} is already there`)
  table.set(key, structuredClone(row))
}

/** Changes the row if it is there and `when` holds, as one step; gives a copy of the changed row. */
export function change<T>(
  table: Map<string, T>,
  key: string,
  patch: (row: T) => NoInfer<Partial<T>>,
  when: (row: T) => boolean = () => true,
): T | null {
  const row = table.get(key)
  if (row === undefined || !when(row)) return null
  const changed = structuredClone({ ...row, ...patch(row) })
  table.set(key, changed)
  return structuredClone(changed)
}

export function removeWhere<T>(table: Map<string, T>, gone: (row: T) => boolean): void {
  for (const [key, row] of table) if (gone(row)) table.delete(key)
}

export function copyWhere<T>(table: Map<string, T>, wanted: (row: T) => boolean): T[] {
  return structuredClone([...table.values()].filter(wanted))
}

export function copyOf<T>(row: T | undefined): T | null {
  return row === undefined ? null : structuredClone(row)
}

export type SortKey = readonly (string | number)[]

export function compareKeys(left: SortKey, right: SortKey): number {
  for (const [i, a] of left.entries()) {
    const b = right[i]
    if (b === undefined || a === b) continue
    // By code point, as databases do, and not by UTF-16's halves of one.
    if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
    return a < b ? -1 : 1
  }
  return 0
}

/** The rows after the cursor, in the order of `sortKey`; the cursor is the last row's key, so it survives inserts. */
export function pageOf<T>(rows: T[], request: PageRequest, sortKey: (row: T) => SortKey): Page<T> {
  const after = request.cursor === undefined ? null : readCursor(request.cursor)
  if (after && rows.some((row) => !sameTypes(sortKey(row), after)))
    throw new ConsentryError('malformed_request')
  const rest = rows
    .filter((row) => after === null || compareKeys(sortKey(row), after) > 0)
    .toSorted((a, b) => compareKeys(sortKey(a), sortKey(b)))
  const items = rest.slice(0, request.limit)
  const last = items.at(-1)
  const more = rest.length > items.length && last !== undefined
  return {
    items,
    nextCursor: more ? Buffer.from(JSON.stringify(sortKey(last))).toString('base64url') : null,
  }
}

function sameTypes(left: SortKey, right: SortKey): boolean {
  return left.length === right.length && left.every((part, i) => typeof part === typeof right[i])
}

function readCursor(cursor: string): SortKey {
  let key: unknown
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch (cause) {
    throw new ConsentryError('malformed_request', { cause })
  }
  if (!Array.isArray(key)) throw new ConsentryError('malformed_request')
  return key.map((part) => (typeof part === 'number' ? part : String(part)))
}

/** An attempt that may still succeed, or whose proven account may still be accepted. */
export function mayGoOn({ status, expiresAt }: AttemptRow, now: Date): boolean {
  return status !== 'succeeded' && status !== 'expired' && expiresAt > now
}
