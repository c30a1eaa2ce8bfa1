import { expect, it } from 'vitest'

import { getAccessToken, refreshConnection, testConnection, type Deps } from '../src/index.ts'
import { consent, createBench, newLink, stored, tenant, type Bench } from './bench.ts'

/** Everything secret that crossed the wire, collected as it passed. */
function watch(bench: Bench): { deps: Bench; secrets: Set<string> } {
  const secrets = new Set<string>()
  const fetch: Deps['fetch'] = async (input, init) => {
    for (const [name, value] of new URLSearchParams(typeof init?.body === 'string' ? init.body : '')) {
      if (['code', 'code_verifier', 'refresh_token', 'client_secret'].includes(name)) secrets.add(value)
    }
    const response = await bench.fetch(input, init)
    if (String(input).includes('/oauth2/v2.0/token')) {
      const body: unknown = await response.clone().json()
      for (const [name, value] of Object.entries(body ?? {})) {
        if (['access_token', 'refresh_token', 'id_token'].includes(name)) secrets.add(String(value))
      }
    }
    return response
  }
  return { deps: { ...bench, fetch }, secrets }
}

it('keeps every token, code, verifier and secret out of the store and out of what is reported', async () => {
  const bench = await createBench()
  const { deps, secrets } = watch(bench)
  expect((await consent(deps)).status).toBe('succeeded')
  await refreshConnection(deps, await stored(deps))
  await testConnection(deps, await stored(deps))
  await getAccessToken(deps, await stored(deps), { resource: 'graph' })
  await newLink(deps, await stored(deps))
  bench.microsoft.control.revokeSessions(tenant.users.service)
  const failed = await refreshConnection(deps, await stored(deps))
  expect(failed.ok).toBe(false)
  expect(secrets.size).toBeGreaterThan(8)
  const row = await stored(deps)
  const kept = JSON.stringify([
    row,
    await Promise.all(
      (await bench.store.listGrants(row.id)).map((it) => bench.store.getGrant(row.id, it.generation)),
    ),
    await bench.store.listChecks(row.id, { limit: 100 }),
    await bench.store.listOpenAttempts(row.id, bench.now()),
    bench.events,
    failed,
  ])
  for (const secret of secrets) expect(kept).not.toContain(secret)
})
