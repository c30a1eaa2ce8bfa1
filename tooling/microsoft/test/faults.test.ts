import { expect, test } from 'vitest'
import type { Fault } from '../src/index.ts'
import { claimsOf, nordwind, cascade, partnerCenterScope, setUp } from './helpers.ts'

async function connected(fault?: Fault) {
  const client = setUp()
  const refreshToken = await client.connect()
  if (fault) client.microsoft.control.addFault(fault)
  return { ...client, refreshToken }
}

test('a fault skips, hits so many times, and is over', async () => {
  const { refresh, refreshToken } = await connected({
    on: { route: 'token' },
    skip: 1,
    times: 2,
    then: { status: 503 },
  })
  const statuses = []
  for (let request = 0; request < 4; request += 1) statuses.push((await refresh(refreshToken)).status)
  expect(statuses).toEqual([200, 503, 503, 200])
})

test('a fault of one tenant leaves the others alone', async () => {
  const { microsoft, connect, refresh, refreshToken } = await connected()
  const other = await connect({ user: cascade.users.service }, { tenant: cascade.id })
  microsoft.control.addFault({
    on: { host: 'login', tenantId: nordwind.id },
    then: { status: 500, body: '<html>oops</html>' },
  })
  expect((await refresh(refreshToken)).body).toEqual({ text: '<html>oops</html>' })
  expect((await refresh(other, partnerCenterScope, cascade.id)).status).toBe(200)
  microsoft.control.clearFaults()
  expect((await refresh(refreshToken)).status).toBe(200)
})

test('429 comes with or without Retry-After, in each host’s own shape', async () => {
  const { microsoft, refresh, partner, refreshToken } = await connected()
  const accessToken = (await refresh(refreshToken)).body['access_token']
  microsoft.control.addFault({ on: { host: 'partnerCenter' }, times: 1, then: { retryAfter: 57 } })
  const throttled = await partner('/invoices', accessToken)
  expect(throttled).toMatchObject({
    status: 429,
    body: { statusCode: 429, message: 'Rate limit is exceeded. Try again in 57 seconds.' },
  })
  expect(throttled.headers.get('retry-after')).toBe('57')
  microsoft.control.addFault({ on: { route: 'token' }, times: 1, then: { retryAfter: null } })
  const bare = await refresh(refreshToken)
  expect(bare.status).toBe(429)
  expect(bare.headers.get('retry-after')).toBeNull()
})

test.each([
  [50196, 'invalid_grant', undefined, 400],
  [7000222, 'invalid_client', undefined, 401],
  [700082, 'invalid_grant', 'bad_token', 400],
  [53003, 'invalid_grant', 'message_only', 400],
  [90033, 'temporarily_unavailable', undefined, 503],
  [123456, 'invalid_grant', undefined, 400],
])('the fault AADSTS%i answers as documented', async (aadsts, error, suberror, status) => {
  const { refresh, refreshToken } = await connected({ on: { route: 'token' }, times: 1, then: { aadsts } })
  const answer = await refresh(refreshToken)
  expect(answer.status).toBe(status)
  expect(answer.body).toMatchObject({ error, error_codes: [aadsts] })
  expect(answer.body['suberror']).toBe(suberror)
})

test('an AADSTS fault at authorize is a page or a redirect, as the code demands', async () => {
  const { microsoft, authorizeUrl } = setUp()
  microsoft.control.addFault({ on: { route: 'authorize' }, times: 1, then: { aadsts: 50105 } })
  expect(await microsoft.signIn(authorizeUrl(), { user: nordwind.users.service })).toMatchObject({
    aadsts: 50105,
  })
  microsoft.control.addFault({ on: { route: 'authorize' }, times: 1, then: { aadsts: 650051 } })
  const { location } = await microsoft.signIn(authorizeUrl(), { user: nordwind.users.service })
  expect(new URL(location ?? '').searchParams.get('error')).toBe('invalid_client')
})

test('a reset before leaves the token unused; one after has used it', async () => {
  const { microsoft, refresh, refreshToken } = await connected()
  const uses = (): number =>
    [...microsoft.state.refreshTokens.values()].reduce((sum, token) => sum + token.uses, 0)
  microsoft.control.addFault({ on: { route: 'token' }, times: 1, then: { reset: 'before' } })
  await expect(refresh(refreshToken)).rejects.toMatchObject({
    name: 'TypeError',
    message: 'fetch failed',
    cause: { code: 'ECONNRESET' },
  })
  expect(uses()).toBe(0)
  microsoft.control.addFault({ on: { route: 'token' }, times: 1, then: { reset: 'after' } })
  await expect(refresh(refreshToken)).rejects.toThrow('fetch failed')
  expect(uses()).toBe(1)
  expect(microsoft.requests.at(-1)).toMatchObject({ route: 'token' })
})

test('a body can be half there, or break off', async () => {
  const { microsoft, refresh, refreshToken } = await connected({
    on: { route: 'token' },
    times: 1,
    then: { truncate: true },
  })
  expect((await refresh(refreshToken)).body['text']).toMatch(/^\{"token_type"/)
  microsoft.control.addFault({ on: { route: 'token' }, times: 1, then: { reset: 'body' } })
  await expect(refresh(refreshToken)).rejects.toThrow('terminated')
})

test('token answers can be spoilt one by one', async () => {
  const { microsoft, code, redeem, partner } = setUp()
  const spoil = async (mutate: NonNullable<Fault['then']['mutate']>) => {
    const value = await code()
    microsoft.control.addFault({ on: { route: 'token' }, times: 1, then: { mutate } })
    return (await redeem(value)).body
  }
  expect(await spoil('no-refresh-token')).not.toHaveProperty('refresh_token')
  expect(await spoil('no-id-token')).not.toHaveProperty('id_token')
  expect(claimsOf((await spoil('wrong-tid-id-token'))['id_token'])['tid']).not.toBe(nordwind.id)
  const { access_token: accessToken } = await spoil('bad-signature')
  expect((await partner('/invoices', accessToken)).status).toBe(401)
})

test('a delay waits with the injected sleep, then goes on', async () => {
  const slept: number[] = []
  const { microsoft, connect, refresh } = setUp({ sleep: async (ms) => void slept.push(ms) })
  const token = await connect()
  microsoft.control.addFault({ on: { grantType: 'refresh_token' }, times: 1, then: { delayMs: 30_000 } })
  expect((await refresh(token)).status).toBe(200)
  expect(slept).toEqual([30_000])
})
