import { randomUUID } from 'node:crypto'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { openApi, type Harness } from './harness.ts'

let api: Harness
let organisationId: string
const [one, other] = [randomUUID(), randomUUID()]

beforeEach(async () => {
  api = await openApi()
  organisationId = (await api.organisation('mine')).id
  for (const id of [one, other]) {
    const row = await api.connection(organisationId, id, id)
    await api.store.updateConnection(row.id, { grantedScopes: ['offline_access', 'Mail.Read'] })
  }
})
afterEach(() => api.close())

it('tells how the fleet stands to what is needed, or one connection alone, and never those a key does not see', async () => {
  const as = await api.member(organisationId, 'viewer')
  const fleet = await api.api('GET', '/permissions', { as })
  expect(fleet.body).toMatchObject({ connections: 2, extra: [{ name: 'Mail.Read', connections: 2 }] })
  const alone = await api.api('GET', `/permissions?connection=${one.toUpperCase()}`, { as })
  expect(alone.body).toMatchObject({ connections: 1 })
  expect(alone.body.permissions).toContainEqual(
    expect.objectContaining({
      name: 'user_impersonation',
      granted: 0,
      lacking: 1,
      missing: [{ microsoftId: one, name: one }],
    }),
  )
  const bound = await api.key(organisationId, ['connections:read'], [other])
  for (const [query, connections] of [
    ['', 1],
    [`?connection=${other}`, 1],
    [`?connection=${one}`, 0],
    [`?connection=${randomUUID()}`, 0],
  ] as const)
    expect((await api.api('GET', `/permissions${query}`, { as: bound })).body).toMatchObject({ connections })
  expect((await api.api('GET', '/permissions?connection=mine', { as })).status).toBe(400)
})
