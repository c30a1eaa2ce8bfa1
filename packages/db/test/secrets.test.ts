import { TESTER } from '@consentry/core/testing'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  addConnection,
  createConsentLink,
  createServiceKey,
  finishConsent,
  generateKeyEntry,
  getAccessToken,
  randomToken,
  readEnvironment,
  refreshConnection,
  startConsent,
  testConnection,
  type Deps,
} from '@consentry/core'
import { createMicrosoft, demo } from '@consentry/microsoft-simulator'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { openDatabase } from '../src/index.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-secrets-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const SECRET_FIELDS = ['code', 'code_verifier', 'refresh_token', 'client_secret', 'access_token', 'id_token']

/** A fetch that writes down every secret it carries, either way. */
function watched(fetch: Deps['fetch'], secrets: Set<string>): Deps['fetch'] {
  return async (input, init) => {
    const sent = Object.fromEntries(new URLSearchParams(typeof init?.body === 'string' ? init.body : ''))
    const response = await fetch(input, init)
    const isToken = String(input).includes('/oauth2/v2.0/token')
    const received: unknown = isToken ? await response.clone().json() : {}
    for (const [name, value] of [...Object.entries(sent), ...Object.entries(received ?? {})]) {
      if (SECRET_FIELDS.includes(name)) secrets.add(String(value))
    }
    return response
  }
}

it('writes no token, code, verifier, key or link to the database file in the clear', async () => {
  const secrets = new Set<string>()
  const microsoft = createMicrosoft()
  const now = () => new Date()
  const file = join(folder, 'consentry.db')
  const { config, keys } = readEnvironment({
    CONSENTRY_KEYS: generateKeyEntry(now()),
    CONSENTRY_SECRET: 'a secret of this very test',
    DATABASE_URL: `file:${file}`,
    MICROSOFT_CLIENT_ID: demo.app.clientId,
    MICROSOFT_CLIENT_SECRETS: demo.app.clientSecret,
  })
  const database = await openDatabase(config.database)
  const { store } = database
  const deps: Deps = { store, fetch: watched(microsoft.fetch, secrets), now, keys, config }

  await store.createOrganisation({ id: 'o', slug: 'o', name: 'O', createdAt: now() })
  const { id: microsoftId, users } = demo.tenants.nordwind
  const { row } = await addConnection(deps, { organisationId: 'o', microsoftId }, TESTER)
  const { url } = await createConsentLink(deps, row, TESTER)
  const token = url.slice(url.lastIndexOf('/') + 1)
  const browser = randomToken()
  const { location } = await startConsent(deps, token, { browser, member: TESTER })
  const state = new URL(location).searchParams.get('state') ?? ''
  const back = new URL((await microsoft.signIn(location, { user: users.service })).location ?? '')
  const { done } = await finishConsent(deps, { state, code: back.searchParams.get('code') ?? '' }, browser)
  expect((await done).status).toBe('succeeded')
  const connected = await store.getConnection(row.id)
  if (!connected) throw new Error('The connection is gone.')
  await refreshConnection(deps, connected)
  await testConnection(deps, connected)
  await getAccessToken(deps, connected, { resource: 'graph' })
  const { key } = await createServiceKey(
    deps,
    { organisationId: 'o', name: 'k', scopes: ['tokens:read'] },
    TESTER,
  )

  const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name)))
  expect(Buffer.concat(bytes).includes(microsoftId)).toBe(true)
  expect(secrets.size).toBeGreaterThan(8)
  for (const secret of [...secrets, token, browser, state, key]) {
    for (const part of bytes) expect(part.includes(secret)).toBe(false)
  }
  await database.close()
})
