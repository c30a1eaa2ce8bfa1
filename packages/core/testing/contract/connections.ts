import { randomUUID } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import type { ConnectionRow } from '../../src/types.ts'
import { accessTokenRow, attemptRow, checkRow, connectionRow, grantRow, MONDAY } from '../rows.ts'
import { atOnce, type Current, givenConnection, givenOrganisation, minutesLater } from './opened.ts'

export function connectionContract(current: Current): void {
  describe('a connection', () => {
    it('comes back exactly as it was stored', async () => {
      const { store } = current()
      const row = connectionRow({
        ...EVERYTHING_SET,
        organisationId: (await givenOrganisation(store)).id,
      })
      expect(await store.createConnection(row)).toEqual({ row, created: true })
      expect(await store.findConnection(row.organisationId, row.microsoftId)).toEqual(row)
      expect(await store.getConnection(row.id)).toEqual(row)
    })

    it('is not changed by a caller that changes what it was given', async () => {
      const { store } = current()
      const capabilities = { ...connectionRow({ organisationId: '' }).capabilities }
      const { id } = await givenConnection(store, { capabilities })
      capabilities.graph = 'ok'
      const read = await store.getConnection(id)
      expect(read?.capabilities.graph).toBe('unknown')
      Object.assign(read ?? {}, { name: 'Changed' })
      expect((await store.getConnection(id))?.name).toBe('Fabrikam')
    })

    it('is returned instead of made when the organisation has it already', async () => {
      const { store } = current()
      const first = await givenConnection(store)
      const again = connectionRow({ ...first, id: randomUUID(), name: 'Another name' })
      expect(await store.createConnection(again)).toEqual({ row: first, created: false })
      expect((await store.listConnections(first.organisationId, { limit: 10 })).items).toEqual([first])
    })

    it('is made once when several create it at the same time', async () => {
      const { store } = current()
      const { id: organisationId } = await givenOrganisation(store)
      const microsoftId = randomUUID()
      const results = await atOnce(store, 4, () =>
        store.createConnection(connectionRow({ organisationId, microsoftId })),
      )
      expect(results.filter((each) => each.created)).toHaveLength(1)
      expect(new Set(results.map((each) => each.row.id)).size).toBe(1)
    })

    it('of the same tenant in another organisation is a separate thing', async () => {
      const { store } = current()
      const mine = await givenConnection(store)
      const other = await givenConnection(store, { microsoftId: mine.microsoftId, name: 'Theirs' })
      expect(other.id).not.toBe(mine.id)
      expect((await store.findConnection(mine.organisationId, mine.microsoftId))?.id).toBe(mine.id)
      expect((await store.findConnection(other.organisationId, mine.microsoftId))?.id).toBe(other.id)
    })

    it('is not found, listed or counted for another organisation', async () => {
      const { store } = current()
      const mine = await givenConnection(store)
      const { id: other } = await givenOrganisation(store)
      expect(await store.findConnection(other, mine.microsoftId)).toBeNull()
      expect((await store.listConnections(other, { limit: 10, only: [mine.microsoftId] })).items).toEqual([])
      expect((await store.listConnections(other, { limit: 10, search: 'Fabrikam' })).items).toEqual([])
      expect((await store.countConnections(other)).new).toBe(0)
    })

    it('takes a patch of any field', async () => {
      const { store } = current()
      const row = await givenConnection(store)
      const { id, organisationId, microsoftId, createdAt, ...patch } = {
        ...EVERYTHING_SET,
        ...row,
        ...EVERYTHING_SET,
      }
      const changed = { ...patch, id, organisationId, microsoftId, createdAt }
      expect(await store.updateConnection(row.id, patch)).toEqual(changed)
      expect(await store.getConnection(row.id)).toEqual(changed)
      expect(await store.updateConnection(row.id, {})).toEqual(changed)
      expect(await store.updateConnection(randomUUID(), { name: 'Nobody' })).toBeNull()
    })

    it('is changed only from the version that the caller saw, which raises it', async () => {
      const { store } = current()
      const row = await givenConnection(store, { version: 4 })
      expect((await store.updateConnection(row.id, { name: 'Mine' }, 4))?.version).toBe(5)
      expect(await store.updateConnection(row.id, { name: 'Late' }, 4)).toBeNull()
      expect(await store.getConnection(row.id)).toMatchObject({ name: 'Mine', version: 5 })
    })

    it('is changed by one of two people who saw the same version', async () => {
      const { store } = current()
      const { id } = await givenConnection(store)
      const results = await atOnce(store, 2, (n) => store.updateConnection(id, { name: `Name ${n}` }, 1))
      expect(results.filter((each) => each !== null)).toHaveLength(1)
    })
  })

  describe('disconnecting', () => {
    it('destroys grants and access tokens', async () => {
      const { store } = current()
      const { id } = await givenConnection(store, EVERYTHING_SET)
      await store.saveGrant(grantRow({ connectionId: id, generation: 7 }))
      await store.putAccessToken(accessTokenRow({ connectionId: id }))
      await store.disconnect(id, MONDAY)
      expect(await store.listGrants(id)).toEqual([])
      expect(await store.getAccessToken(id, 'graph')).toBeNull()
    })

    it('clears the account and what was known, and keeps name, numbers and checks', async () => {
      const { store } = current()
      const row = await givenConnection(store, EVERYTHING_SET)
      const check = checkRow({ connectionId: row.id })
      await store.addCheck(check)
      await store.disconnect(row.id, MONDAY)
      expect(await store.getConnection(row.id)).toEqual({
        ...connectionRow({ organisationId: row.organisationId }),
        id: row.id,
        microsoftId: row.microsoftId,
        name: row.name,
        nameFrom: row.nameFrom,
        domain: row.domain,
        dataKey: row.dataKey,
        dataKeyId: row.dataKeyId,
        disconnectedAt: MONDAY,
        lastGeneration: row.lastGeneration,
        fence: row.fence + 1,
        version: row.version + 1,
      })
      expect((await store.listChecks(row.id, { limit: 10 })).items).toEqual([check])
    })

    it('ends the open attempts and takes away what they could still use', async () => {
      const { store } = current()
      const { id: connectionId } = await givenConnection(store)
      const trip = { connectionId, browserHash: 'b', stateHash: 'state', sealedVerifier: 'v' }
      const waiting = attemptRow(trip)
      const proving = attemptRow({ connectionId, status: 'proving' })
      const candidate = { generation: 3, objectId: 'o', username: 'kim@contoso.com' }
      const failed = attemptRow({ connectionId, status: 'failed', candidate })
      for (const row of [waiting, proving, failed]) await store.createAttempt(row)
      await store.disconnect(connectionId, MONDAY)
      expect(await store.getAttempt(waiting.id)).toMatchObject({
        status: 'expired',
        finishedAt: MONDAY,
        stateHash: null,
        sealedVerifier: null,
      })
      expect(await store.takeTrip('state', 'b', MONDAY)).toBeNull()
      expect((await store.getAttempt(proving.id))?.status).toBe('expired')
      expect(await store.getAttempt(failed.id)).toMatchObject({ status: 'failed', candidate: null })
    })

    it('hides it from callers and from the nightly run', async () => {
      const { store } = current()
      const row = await givenConnection(store, { status: 'connected', nextRefreshAt: MONDAY })
      await store.disconnect(row.id, MONDAY)
      expect(await store.findConnection(row.organisationId, row.microsoftId)).toBeNull()
      expect((await store.listConnections(row.organisationId, { limit: 10 })).items).toEqual([])
      expect(await store.countConnections(row.organisationId)).toEqual(NONE)
      expect(await store.listDue(minutesLater(1), 10)).toEqual([])
      expect(await store.takeLease(row.id, MONDAY, minutesLater(1))).toBeNull()
      expect(await store.countByDataKey()).toEqual([])
    })

    it('refuses the commit of a redemption that was under way, and keeps none of its tokens', async () => {
      const { store } = current()
      const { id } = await givenConnection(store, { generation: 1, lastGeneration: 1 })
      const held = await store.takeLease(id, MONDAY, minutesLater(1))
      await store.disconnect(id, MONDAY)
      await store.saveGrant(grantRow({ connectionId: id, generation: 2 }))
      await store.putAccessToken(accessTokenRow({ connectionId: id }))
      expect(await store.commitGeneration(id, held?.fence ?? 0, 2, { status: 'connected' })).toBeNull()
      expect(await store.renewLease(id, held?.fence ?? 0, minutesLater(2))).toBe(false)
      expect(await store.listGrants(id)).toEqual([])
      expect(await store.getAccessToken(id, 'graph')).toBeNull()
    })

    it('leaves no token behind when one is saved at the same moment', async () => {
      const { store } = current()
      const { id } = await givenConnection(store)
      await atOnce<unknown>(store, 7, (n) =>
        n === 3
          ? store.disconnect(id, MONDAY)
          : store.saveGrant(grantRow({ connectionId: id, generation: n })),
      )
      expect(await store.listGrants(id)).toEqual([])
    })

    it('twice changes nothing the second time', async () => {
      const { store } = current()
      const { id } = await givenConnection(store)
      await store.disconnect(id, MONDAY)
      const once = await store.getConnection(id)
      await store.disconnect(id, minutesLater(1))
      expect(await store.getConnection(id)).toEqual(once)
    })

    it('is undone by creating it anew: same id and numbers, new data key, nothing else left', async () => {
      const { store } = current()
      const old = await givenConnection(store, { ...EVERYTHING_SET, version: 3 })
      await store.disconnect(old.id, MONDAY)
      const given = connectionRow({
        organisationId: old.organisationId,
        microsoftId: old.microsoftId,
        name: 'New name',
        dataKey: 'new key',
        dataKeyId: 'k2',
        createdAt: minutesLater(1),
      })
      const revived = {
        ...given,
        id: old.id,
        lastGeneration: old.lastGeneration,
        fence: old.fence + 1,
        version: 5,
      }
      expect(await store.createConnection(given)).toEqual({ row: revived, created: true })
      expect(await store.findConnection(old.organisationId, old.microsoftId)).toEqual(revived)
      expect(await store.allocateGeneration(old.id)).toBe(old.lastGeneration + 1)
    })
  })

  describe('the nightly list and the keys', () => {
    it('gives those whose time has come, longest due first, whatever their status', async () => {
      const { store } = current()
      const due = (minutes: number, like: Partial<ConnectionRow> = {}) =>
        givenConnection(store, { nextRefreshAt: minutesLater(minutes), ...like })
      const exact = await due(10, { status: 'connected' })
      const oldest = await due(1, { status: 'attention' })
      const middle = await due(5, { status: 'broken' })
      await due(11, { status: 'connected' })
      await givenConnection(store)
      const ids = async (limit: number) =>
        (await store.listDue(minutesLater(10), limit)).map((each) => each.id)
      expect(await ids(10)).toEqual([oldest.id, middle.id, exact.id])
      expect(await ids(2)).toEqual([oldest.id, middle.id])
    })

    it('counts the connections that each ring key wraps', async () => {
      const { store } = current()
      for (const dataKeyId of ['new', 'old', 'new']) await givenConnection(store, { dataKeyId })
      expect(await store.countByDataKey()).toEqual([
        { id: 'new', rows: 2 },
        { id: 'old', rows: 1 },
      ])
    })
  })
}

const NONE = { new: 0, waiting: 0, connected: 0, attention: 0, broken: 0 }

/** Every field that can be empty, filled. */
const EVERYTHING_SET = {
  name: 'Tailspin Toys',
  nameFrom: 'person',
  domain: 'tailspin.example',
  status: 'attention',
  reason: 'role_missing',
  action: 'reconsent',
  capabilities: { signIn: 'ok', partnerCenter: 'ok', graph: 'failing', mfa: 'ok', billing: 'unknown' },
  grantedScopes: ['a', 'b'],
  missingScopes: ['c'],
  accountObjectId: 'object',
  accountUsername: 'kim@tailspin.example',
  consentedAt: minutesLater(1),
  refreshedAt: minutesLater(2),
  nextRefreshAt: minutesLater(3),
  stopsWorkingBy: new Date('2026-04-05T10:00:00.123Z'),
  stopsWorkingBecause: { kind: 'inactivity', since: '2026-01-05', everyDays: 90, evidence: 'documented' },
  disconnectedAt: null,
  version: 9,
  dataKey: 'wrapped too',
  dataKeyId: 'k9',
  generation: 6,
  previousGeneration: 5,
  lastGeneration: 7,
  fence: 8,
  leaseUntil: minutesLater(-5),
  intent: 6,
  doubtCode: 'grant_refused',
  doubtSince: minutesLater(4),
  failures: 2,
  claimsChallenge: '{"access_token":{}}',
} as const satisfies Partial<ConnectionRow>
