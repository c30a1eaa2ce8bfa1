import { randomUUID } from 'node:crypto'

import type { Deps } from './deps.ts'
import { DAY } from './forecast.ts'
import type { CheckKind, CheckRow, ConnectionRow, Problem } from './types.ts'

/** What each rung is called, and what it says when it is passed. */
export const RUNGS: Readonly<Record<CheckKind, { title: string; passed: string }>> = {
  grant: { title: 'Microsoft accepted the sign-in', passed: 'A new sign-in was received and sealed.' },
  account: { title: 'Right tenant, right account', passed: 'A member of this tenant.' },
  mfa: { title: 'Signed in with a second step', passed: 'Microsoft confirms MFA for this sign-in.' },
  permissions: {
    title: 'All permissions granted',
    passed: 'Partner Center, billing reports, stay signed in.',
  },
  partner_center: { title: 'Partner Center answers', passed: 'Answered for this tenant.' },
  role: { title: 'The account may act as Admin Agent', passed: 'The role is there.' },
  graph: { title: 'Microsoft Graph answers', passed: 'Answered.' },
  billing: { title: 'Billing data can be read', passed: 'No invoice yet; access works.' },
}

export type Finding =
  { readonly ok: true; readonly detail: string } | { readonly ok: false; readonly problem: Problem }

type Checked = Pick<ConnectionRow, 'id' | 'microsoftId' | 'organisationId'>
type CheckedAt = { readonly startedAt: Date; readonly attemptId: string | null }

/** The dated proof of one rung, as the row that keeps it. */
export function makeCheck(
  deps: Pick<Deps, 'now'>,
  connection: Checked,
  kind: CheckKind,
  finding: Finding,
  at: CheckedAt,
): CheckRow {
  const ms = Math.max(0, deps.now().getTime() - at.startedAt.getTime())
  return {
    id: randomUUID(),
    connectionId: connection.id,
    attemptId: at.attemptId,
    kind,
    ok: finding.ok,
    ...(finding.ok
      ? { code: 'ok', title: RUNGS[kind].title, detail: finding.detail, action: null, microsoft: null }
      : {
          code: finding.problem.code,
          title: finding.problem.title,
          detail: finding.problem.detail,
          action: finding.problem.action,
          microsoft: finding.problem.microsoft ?? null,
        }),
    startedAt: at.startedAt,
    ms,
  }
}

/** Makes the dated proof of one rung and stores it in the connection's history. */
export async function recordCheck(
  deps: Deps,
  connection: Checked,
  kind: CheckKind,
  finding: Finding,
  at: CheckedAt,
): Promise<CheckRow> {
  const row = makeCheck(deps, connection, kind, finding, at)
  await deps.store.addCheck(row)
  tellCheck(deps, connection, row)
  return row
}

/** Tells of a check that is stored. */
export function tellCheck(deps: Deps, connection: Checked, { kind, ok, code, ms }: CheckRow): void {
  const { microsoftId, organisationId } = connection
  deps.report?.({ name: `check.${kind}.${ok ? 'passed' : 'failed'}`, microsoftId, organisationId, code, ms })
}

/** How long the history keeps what was well; a night writes eight of these for each tenant. */
const WELL_KEPT = 90 * DAY
/** How long it keeps everything else: from one year into the next. */
const ALL_KEPT = 400 * DAY
const AT_ONCE = 1000

/** Forgets the history that is too old to be of use; what consents went through stays. Gives how many checks. */
export async function forgetHistory(deps: Pick<Deps, 'store' | 'now'>): Promise<number> {
  const now = deps.now().getTime()
  const before = { well: new Date(now - WELL_KEPT), all: new Date(now - ALL_KEPT) }
  for (let dropped = 0; ;) {
    const some = await deps.store.dropChecks(before, AT_ONCE)
    dropped += some
    if (some < AT_ONCE) return dropped
  }
}
