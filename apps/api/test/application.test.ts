import { demo } from '@consentry/microsoft-simulator'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { connect, openWorld, tenant, type World } from './trips.ts'

const OWN = '6e0b9c1a-2d47-4f55-8a3e-90c1d2b7f318'
const SECRET = 'own~secret~of~nordwind'
const path = `/connections/${tenant.id}/application`

let world: World

beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const ask = (method: string, body?: object, headers: Record<string, string> = {}) =>
  world.api(method, path, { as: world.owner, headers, ...(body ? { body } : {}) })

it('is the deployment’s until one is entered, which is told of without its secret, audited, and taken away', async () => {
  await connect(world)
  const deployments = { clientId: demo.app.clientId, kind: 'deployment', expiresAt: null, addedBy: null }
  const before = await ask('GET')
  expect(before.body).toMatchObject({ ...deployments, consentNeeded: false, working: deployments })
  const expiresAt = '2027-11-25T00:00:00.000Z'
  const put = await ask('PUT', { clientId: OWN.toUpperCase(), clientSecrets: [SECRET], expiresAt })
  expect(put.status).toBe(200)
  expect(put.body).toMatchObject({
    clientId: OWN,
    kind: 'secret',
    expiresAt,
    addedAt: expect.any(String),
    addedBy: expect.any(String),
    consentNeeded: true,
    working: deployments,
    redirectUri: expect.stringMatching(/\/consent\/callback$/),
  })
  expect((await ask('GET')).body).toEqual(put.body)
  const { body: audit } = await world.api('GET', '/audit?action=application', { as: world.owner })
  expect(audit).toMatchObject({
    items: [{ action: 'application.changed', details: { clientId: OWN, kind: 'secret', expiresAt } }],
  })
  expect((await ask('DELETE')).status).toBe(204)
  expect((await ask('GET')).body).toMatchObject(deployments)
  expect(JSON.stringify([put.body, audit]) + world.logged()).not.toContain(SECRET)
})

it('refuses what cannot be a secret without repeating it, and what somebody changed meanwhile', async () => {
  await connect(world)
  const id = '0f6a1c5e-3c7e-4b0a-8a51-2f8f4c1d9e77'
  const refused = await ask('PUT', { clientId: OWN, clientSecrets: [id] })
  expect(refused.status).toBe(400)
  expect(refused.body).toMatchObject({
    code: 'malformed_request',
    detail: expect.stringContaining('column Value'),
  })
  expect(JSON.stringify(refused.body)).not.toContain(id)
  const pem = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANsecret\n-----END PRIVATE KEY-----'
  const half = await ask('PUT', { clientId: OWN, clientCertificate: pem })
  expect(half.body).toMatchObject({ code: 'malformed_request' })
  expect(JSON.stringify(half.body) + world.logged()).not.toContain('MIIEvQIBADANsecret')
  const etag = (await ask('GET')).headers.get('etag') ?? ''
  const wish = { clientId: OWN, clientSecrets: [SECRET] }
  expect((await ask('PUT', wish, { 'if-match': etag })).status).toBe(200)
  expect((await ask('PUT', wish, { 'if-match': etag })).body).toMatchObject({ code: 'changed_meanwhile' })
  expect((await ask('DELETE', undefined, { 'if-match': etag })).status).toBe(412)
})
