import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { workingClientId } from './applications.ts'
import { recordIfPossible } from './audit.ts'
import type { Actor, AuditAction } from './audit-entry.ts'
import { recordAct } from './connections.ts'
import { defaultGrants, readGrants, sameGrants } from './customer-grants.ts'
import { findCustomer } from './customers.ts'
import type { Deps } from './deps.ts'
import { diagnoseApi, type Diagnosis } from './diagnosis.ts'
import { ConsentryError, problem } from './errors.ts'
import { SECOND, retryAfterSeconds, textField, type Answer } from './microsoft/http.ts'
import { askPartnerCenter } from './microsoft/partner-center.ts'
import { everyItem } from './pages.ts'
import { wordsOf } from './status.ts'
import { getAccessToken } from './tokens.ts'
import type { ConnectionRow, CustomerConsentRow, CustomerGrant, Problem } from './types.ts'

/**
 * Grants the application that the connection works with these permissions (the defaults when none are named) in the tenant of one of the
 * partner's customers, on the customer's behalf (learn.microsoft.com/partner-center/developer/control-panel-vendor-apis).
 * What is wanted is stored before Microsoft is asked, and what came of it after: a crash in between leaves `granting`,
 * and granting again is safe. Another set than the one that was granted takes the place of it. Throws `gdap_missing`,
 * `customer_unknown`, `grants_refused`, `changed_meanwhile`, `microsoft_slow` (then it may have been done), what a token
 * is refused for, `malformed_request`, `not_recorded`.
 */
export async function grantToCustomer(
  deps: Deps,
  connection: ConnectionRow,
  customerTenantId: string,
  wish: readonly CustomerGrant[] | undefined,
  by: Actor,
): Promise<CustomerConsentRow> {
  const grants = wish ? readGrants(wish) : readGrants(defaultGrants())
  const customer = await findCustomer(deps, connection, customerTenantId)
  const before = await deps.store.getCustomerConsent(connection.id, customer.customerTenantId)
  const clientId = await workingClientId(deps, connection)
  // The connection may have worked with another application when it was granted.
  const isSame = before?.clientId === clientId && sameGrants(before.grants, grants)
  const repeats = before?.state === 'granting' && isSame
  const act: Act = { deps, connection, customer, by }
  await note(act, 'customer_consent.grant_requested', grants)
  const row = await save(act, before, {
    state: 'granting',
    grants,
    clientId,
    problem: null,
    requestId: repeats ? before.requestId : randomUUID(),
  })
  if (before?.state === 'granted' && !isSame) {
    const { state, certain, grants: had, clientId: whose } = before
    const removed = await remove(act, before, randomUUID())
    await orFail(act, row, removed, { state, certain, grants: had, clientId: whose })
  }
  const answer = await create(act, row)
  const existed = isThereAlready(answer)
  if (!existed) await orFail(act, row, answer, { state: 'failed' })
  await tell(act, 'customer_consent.granted', grants)
  // Of a consent that somebody else gave before, Microsoft does not say what it contains.
  const wasSame = before?.state === 'granted' && before.clientId === clientId
  const certain = !existed || repeats || (wasSame && before.certain)
  const granted = { state: 'granted', certain, grantedAt: deps.now(), grantedBy: by.name } as const
  return save(act, row, { ...granted, revokedAt: null })
}

/** All that was granted on behalf of the connection's customers, by their names, a page in memory at a time. */
export function everyCustomerConsent(
  { store }: Pick<Deps, 'store'>,
  connectionId: string,
): AsyncGenerator<CustomerConsentRow> {
  return everyItem((page) => store.listCustomerConsents(connectionId, page))
}

/**
 * Takes all permissions in a customer's tenant back from the application that they were granted to. One that is not
 * there counts as taken back. Throws as `grantToCustomer` does.
 */
export async function revokeFromCustomer(
  deps: Deps,
  connection: ConnectionRow,
  customerTenantId: string,
  by: Actor,
): Promise<CustomerConsentRow> {
  const id = customerTenantId.toLowerCase()
  const before = await deps.store.getCustomerConsent(connection.id, id)
  // A customer that has left is not found any more, and may be taken off the list all the same.
  const customer = before ?? (await findCustomer(deps, connection, id))
  const act: Act = { deps, connection, customer, by }
  await note(act, 'customer_consent.revoke_requested')
  const requestId = before?.state === 'revoking' ? before.requestId : randomUUID()
  const clientId = before ? before.clientId : await workingClientId(deps, connection)
  const row = await save(act, before, { state: 'revoking', clientId, problem: null, requestId })
  await orFail(act, row, await remove(act, row, row.requestId), { state: before?.state ?? 'failed' })
  await tell(act, 'customer_consent.revoked')
  return save(act, row, { state: 'revoked', certain: true, revokedAt: deps.now() })
}

type Act = {
  readonly deps: Deps
  readonly connection: ConnectionRow
  readonly customer: Pick<CustomerConsentRow, 'customerTenantId' | 'name' | 'domain'>
  readonly by: Actor
}

async function note({ deps, connection, customer, by }: Act, action: AuditAction, grants?: CustomerGrant[]) {
  await recordAct(deps, connection, by, action, detailsOf(customer, grants))
}

async function tell({ deps, connection, customer, by }: Act, action: AuditAction, grants?: CustomerGrant[]) {
  const { organisationId, microsoftId } = connection
  const details = detailsOf(customer, grants)
  await recordIfPossible(deps, { organisationId, actor: by, action, microsoftId, details })
}

function detailsOf({ customerTenantId, name }: Act['customer'], grants?: readonly CustomerGrant[]) {
  const scopes = grants?.flatMap((it) => it.scopes).join(' ')
  return { customer: customerTenantId, name, ...(scopes ? { scopes } : {}) }
}

async function save(
  { deps, connection, customer }: Act,
  before: CustomerConsentRow | null,
  patch: Partial<CustomerConsentRow>,
): Promise<CustomerConsentRow> {
  const { customerTenantId, name, domain } = customer
  const fresh: CustomerConsentRow = {
    connectionId: connection.id,
    customerTenantId,
    name,
    domain,
    grants: [],
    clientId: null,
    state: 'granting',
    certain: false,
    requestId: '',
    problem: null,
    grantedAt: null,
    grantedBy: null,
    revokedAt: null,
    updatedAt: deps.now(),
    version: 0,
  }
  const version = before?.version ?? 0
  const row = { ...(before ?? fresh), name, domain, ...patch, updatedAt: deps.now(), version: version + 1 }
  if (!(await deps.store.saveCustomerConsent(row, version))) throw new ConsentryError('changed_meanwhile')
  return row
}

function create(act: Act, { grants, clientId, requestId }: CustomerConsentRow): Promise<Answer> {
  const applicationGrants = grants.map(({ enterpriseApplicationId, scopes }) => ({
    enterpriseApplicationId,
    scope: scopes.join(','),
  }))
  const body = {
    applicationId: clientId ?? act.deps.config.microsoft.clientId,
    displayName: 'Consentry',
    applicationGrants,
  }
  return patiently(act, { method: 'POST', path: '', body, requestId })
}

const TENANT_NOT_FOUND = '60003'

/** Where there is none to take away, Microsoft answers as where it knows no such customer, but for its number. */
async function remove(
  act: Act,
  { clientId }: Pick<CustomerConsentRow, 'clientId'>,
  requestId: string,
): Promise<Answer> {
  const path = `/${clientId ?? act.deps.config.microsoft.clientId}`
  const answer = await patiently(act, { method: 'DELETE', path, requestId })
  const none = answer.status === 404 && textField(answer.json, 'code') !== TENANT_NOT_FOUND
  return none ? { ...answer, status: 204 } : answer
}

/** Microsoft takes 50 a second per application, from the whole fleet. */
const GAP = SECOND / 40
const AHEAD = 10 * SECOND
const TRIES = 3
const LONGEST_WAIT = 5 * SECOND

type Sending = {
  readonly method: 'POST' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly requestId: string
}

/** Sends it again under the same request id, so that it counts once, while the answer passes by itself. */
async function patiently(act: Act, { path, ...request }: Sending): Promise<Answer> {
  const { deps, connection, customer } = act
  const { accessToken } = await getAccessToken(deps, connection, { resource: 'partner-center' })
  const at = `/customers/${customer.customerTenantId}/applicationconsents${path}`
  for (let tried = 1; ; tried += 1) {
    await waitForTurn(deps)
    const answer = await askPartnerCenter(deps, accessToken, at, request)
    const passes = answer.status === 0 || answer.status === 429 || answer.status >= 500
    const wait = (retryAfterSeconds(answer.headers, deps.now()) ?? tried) * SECOND
    if (!passes || tried === TRIES || wait > LONGEST_WAIT) return answer
    await sleep(wait)
  }
}

async function waitForTurn(deps: Deps): Promise<void> {
  const turn = { name: 'customer consents', now: deps.now(), gap: GAP, ahead: AHEAD }
  const { taken, at } = await deps.store.takeTurn(turn)
  if (!taken) throw new ConsentryError('microsoft_slow', { retryAfterSeconds: AHEAD / SECOND })
  const wait = at.getTime() - deps.now().getTime()
  if (wait > 0) await sleep(wait)
}

/** Microsoft has no number of its own for it that would be known; its words are. */
function isThereAlready({ status, text }: Answer): boolean {
  return status === 409 || (status >= 400 && /permission entry already exists/i.test(text))
}

/**
 * Keeps why Microsoft refused, with what is true then, and throws it. What may have been done nevertheless stays under
 * way.
 */
async function orFail(
  act: Act,
  row: CustomerConsentRow,
  answer: Answer,
  back: Partial<CustomerConsentRow>,
): Promise<void> {
  if (answer.status >= 200 && answer.status < 300) return
  const { problem: told, verdict, retryAfterSeconds: waits } = diagnose(act, answer)
  const unclear = verdict === 'transient' && answer.status !== 429
  await save(act, row, { ...(unclear ? {} : back), problem: told })
  throw new ConsentryError(told, verdict === 'transient' ? { retryAfterSeconds: waits ?? 30 } : {})
}

function diagnose({ deps, connection, customer }: Act, answer: Answer): Diagnosis {
  const words = { ...wordsOf(connection), customer: customer.name }
  // A refused token is the partner's matter; a refused call is one of the rights in the customer's tenant.
  const refused = answer.status === 401 ? 'partner_center_refused' : 'gdap_missing'
  const found = diagnoseApi(answer, deps.now(), refused, words)
  const settle = (code: 'grants_refused' | 'customer_unknown'): Diagnosis => {
    const told: Problem = problem(code, words, found.problem.microsoft)
    return { ...found, problem: told, verdict: 'definitive' }
  }
  if (answer.status === 400) return settle('grants_refused')
  return answer.status === 404 ? settle('customer_unknown') : found
}
