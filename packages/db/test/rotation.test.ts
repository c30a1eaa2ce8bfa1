import { setImmediate } from 'node:timers/promises'

import {
  checkKeyRing,
  generateKeyEntry,
  getAccessToken,
  refreshConnection,
  rotateKeys,
  type Deps,
} from '@consentry/core'
import { organisationRow } from '@consentry/core/testing'
import { expect, it } from 'vitest'

import { onBothDialects } from './databases.ts'
import { openTenants, rowOf } from './tenants.ts'

const TENANTS = 12
const TURNS = 6

onBothDialects((database) => {
  it('rotating the key ring disturbs nobody who refreshes and asks for tokens meanwhile', async () => {
    const [old, fresh] = [1, 2].map((day) => generateKeyEntry(new Date(2026, 0, day)))
    const { store } = database()
    const organisation = organisationRow()
    await store.createOrganisation(organisation)
    const { withRing, connect } = openTenants(store, organisation.id)
    // Some processes have the ring in the new order already, some still seal with the old key.
    const [before, after] = [withRing(`${old},${fresh}`), withRing(`${fresh},${old}`)]
    const rows = await connect(before, TENANTS)

    let done = 0
    async function use(deps: Deps, id: string): Promise<void> {
      for (let turn = 0; turn < TURNS; turn += 1) {
        await store.dropAccessTokens(id)
        expect((await refreshConnection(deps, await rowOf(deps, id))).ok).toBe(true)
        const { accessToken } = await getAccessToken(deps, await rowOf(deps, id), { resource: 'graph' })
        expect(accessToken.length).toBeGreaterThan(20)
        done += 1
      }
    }
    const ended = new AbortController()
    const using = Promise.all(rows.flatMap(({ id }) => [use(before, id), use(after, id)]))
    void using.finally(() => ended.abort()).catch(() => undefined)
    let rewrapped = 0
    while (!ended.signal.aborted) {
      for (const deps of [after, before]) rewrapped += (await rotateKeys(deps)).rewrapped
      await setImmediate()
    }
    await using
    expect(done).toBe(TENANTS * TURNS * 2)
    expect(rewrapped).toBeGreaterThan(TENANTS * 2)

    expect(await rotateKeys(after)).toMatchObject({ stuck: [], keys: [{ rows: TENANTS }, { rows: 0 }] })
    const alone = withRing(fresh ?? '')
    await checkKeyRing(alone)
    for (const { id } of rows) expect((await refreshConnection(alone, await rowOf(alone, id))).ok).toBe(true)
  }, 60_000)
})
