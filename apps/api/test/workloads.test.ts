import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'

import type { Fetch } from '@consentry/core'

import { openApi, type Harness } from './harness.ts'

const ISSUER = 'https://token.actions.githubusercontent.com'
const SUBJECT = 'repo:fjordbyte/erp:ref:refs/heads/main'
const AUDIENCE = 'https://consentry.fjordbyte.example'

let keys: { privateKey: CryptoKey; publicKey: CryptoKey }
let stranger: typeof keys
let jwk: JWK
let api: Harness
let organisationId: string
let owner: Record<string, string>
let asked: string[]
let document: Record<string, unknown>

beforeAll(async () => {
  keys = await generateKeyPair('RS256')
  stranger = await generateKeyPair('RS256')
  jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
})

beforeEach(async () => {
  asked = []
  document = { issuer: ISSUER, jwks_uri: `${ISSUER}/.well-known/jwks` }
  const fetch: Fetch = async (input) => {
    const url = String(input)
    asked.push(url)
    if (url === `${ISSUER}/.well-known/openid-configuration`) return Response.json(document)
    if (url === `${ISSUER}/.well-known/jwks`) return Response.json({ keys: [jwk] })
    throw new TypeError('unreachable')
  }
  api = await openApi({ fetch })
  organisationId = (await api.organisation('mine')).id
  owner = await api.member(organisationId, 'owner')
})
afterEach(() => api.close())

type Claims = Record<string, unknown>

async function token(claims: Claims = {}, header: Claims = {}, key = keys.privateKey): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const whole = { iss: ISSUER, sub: SUBJECT, aud: AUDIENCE, iat: now, exp: now + 300, ...claims }
  return new SignJWT(whole).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(key)
}

async function trust(more: Claims = {}) {
  const body = {
    name: 'Deploy',
    scopes: ['connections:read'],
    issuer: ISSUER,
    audience: AUDIENCE,
    subject: SUBJECT,
    ...more,
  }
  return api.api('POST', '/workload-identities', { as: owner, body })
}

async function enter(jwt: string, headers: Record<string, string> = {}) {
  const as = { authorization: `Bearer ${jwt}`, ...headers }
  return (await api.api('GET', '/connections', { as })).status
}

it('lets in a service by a token of an issuer that the owner trusts, with its scopes only', async () => {
  expect((await trust()).status).toBe(201)
  const jwt = await token()
  expect(await enter(jwt)).toBe(200)
  const as = { authorization: `Bearer ${jwt}` }
  expect((await api.api('GET', '/audit', { as })).status).toBe(403)
  expect((await api.api('GET', '/service-keys', { as })).status).toBe(403)
  const { body } = await api.api('GET', '/workload-identities', { as: owner })
  expect(body.items).toMatchObject([{ name: 'Deploy', lastUsedAt: expect.any(String) as unknown }]) // typed any
  expect((await api.api('GET', '/service-keys', { as: owner })).body).toEqual({ items: [] })
})

it.each([
  ['of another subject', { sub: 'repo:fjordbyte/erp:ref:refs/heads/feature' }],
  ['for another audience', { aud: 'https://elsewhere.example' }],
  ['of another issuer', { iss: 'https://accounts.google.com' }],
  ['that has ended', { exp: Math.floor(Date.now() / 1000) - 120 }],
  ['that does not end', { exp: undefined }],
  ['that lives for a week', { exp: Math.floor(Date.now() / 1000) + 7 * 86_400 }],
  ['that begins later', { nbf: Math.floor(Date.now() / 1000) + 600 }],
])('refuses a token %s like an unknown caller', async (_name, claims) => {
  await trust()
  expect(await enter(await token(claims))).toBe(401)
})

it('refuses a token that somebody else signed, and one without a signature', async () => {
  await trust()
  expect(await enter(await token({}, {}, stranger.privateKey))).toBe(401)
  const [, payload] = (await token()).split('.')
  const none = Buffer.from('{"alg":"none","kid":"k1"}').toString('base64url')
  expect(await enter(`${none}.${payload}.`)).toBe(401)
  const secret = new TextEncoder().encode(JSON.stringify(jwk))
  const claims = { iss: ISSUER, sub: SUBJECT, aud: AUDIENCE, iat: 1, exp: 9_999_999_999 }
  const symmetric = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(secret)
  expect(await enter(symmetric)).toBe(401)
})

it('matches a subject with stars, and refuses one that would let in whoever the issuer knows', async () => {
  expect((await trust({ subject: 'repo:fjordbyte/*:ref:refs/heads/main' })).status).toBe(201)
  expect(await enter(await token())).toBe(200)
  expect(await enter(await token({ sub: 'repo:fjordbyte/crm:ref:refs/heads/main' }))).toBe(200)
  expect(await enter(await token({ sub: 'repo:fjordbyte/crm:ref:refs/heads/main2' }))).toBe(401)
  expect(await enter(await token({ sub: 'repo.fjordbyte/crm:ref:refs/heads/main' }))).toBe(401)
  for (const subject of ['*', 'repo:*', 'repo:fjordbyte/****'])
    expect((await trust({ subject })).status).toBe(400)
})

it('asks an issuer only when somebody trusts it, and only hosts that are allowed', async () => {
  expect(await enter(await token())).toBe(401)
  expect(asked).toEqual([])
  const refused = await trust({ issuer: 'https://169.254.169.254' })
  expect(refused.status).toBe(422)
  expect(refused.body).toMatchObject({ code: 'issuer_not_allowed' })
  await trust()
  document = { issuer: ISSUER, jwks_uri: 'https://internal.example/keys' }
  expect(await enter(await token())).toBe(401)
  expect(asked).toEqual([`${ISSUER}/.well-known/openid-configuration`])
})

it('takes no issuer that names itself otherwise', async () => {
  await trust()
  document = { issuer: `${ISSUER}/other`, jwks_uri: `${ISSUER}/.well-known/jwks` }
  expect(await enter(await token())).toBe(401)
})

it('lets nobody in where two organisations trust the same, unless the caller says which is meant', async () => {
  await trust()
  const other = await api.organisation('theirs')
  const as = await api.member(other.id, 'owner')
  const body = {
    name: 'x',
    scopes: ['connections:read'],
    issuer: ISSUER,
    audience: AUDIENCE,
    subject: SUBJECT,
  }
  await api.api('POST', '/workload-identities', { as, body })
  const jwt = await token()
  expect(await enter(jwt)).toBe(401)
  expect(await enter(jwt, { 'consentry-organisation': 'mine' })).toBe(200)
  expect(await enter(jwt, { 'consentry-organisation': 'nowhere' })).toBe(401)
})

it('ends at once when it is removed, cannot be removed by another organisation, and is told of', async () => {
  const id = String((await trust()).body.id)
  const jwt = await token()
  const other = await api.organisation('theirs')
  const stranger = await api.member(other.id, 'owner')
  expect((await api.api('DELETE', `/workload-identities/${id}`, { as: stranger })).status).toBe(404)
  expect((await api.api('DELETE', `/service-keys/${id}`, { as: owner })).status).toBe(404)
  expect(await enter(jwt)).toBe(200)
  expect((await api.api('DELETE', `/workload-identities/${id}`, { as: owner })).status).toBe(204)
  expect(await enter(jwt)).toBe(401)
  const { body } = await api.api('GET', '/audit?action=workload_identity', { as: owner })
  expect(body.items).toMatchObject([
    { action: 'workload_identity.removed', details: { identity: id } },
    { action: 'workload_identity.created', details: { subject: SUBJECT } },
  ])
})

it('is named as a workload in the log', async () => {
  await trust({ scopes: ['connections:consent'] })
  const { microsoftId } = await api.connection(organisationId)
  const as = { authorization: `Bearer ${await token()}` }
  const made = await api.api('POST', `/connections/${microsoftId}/consent-links`, { as, body: {} })
  expect(made.status).toBe(201)
  const { body } = await api.api('GET', '/audit?action=consent', { as: owner })
  expect(body.items).toMatchObject([{ actor: { kind: 'workload', name: 'Deploy' } }])
})
