import { TESTER } from '@consentry/core/testing'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  addConnection,
  createConsentLink,
  finishConsent,
  generateKeyEntry,
  readConfig,
  readKeyRing,
  startConsent,
  type ConnectionRow,
  type Deps,
} from '@consentry/core'
import { openDatabase } from '@consentry/db'
import { createMicrosoft, demo } from '@consentry/microsoft-simulator'

export type World = Awaited<ReturnType<typeof openWorld>>

/** A SQLite file, a Microsoft on loopback ports, and the worker as a program of its own on both; `given` changes its environment. */
export async function openWorld(given: Readonly<Record<string, string>> = {}) {
  const microsoft = createMicrosoft()
  const { urls, close: closeMicrosoft } = await microsoft.listen()
  const folder = await mkdtemp(join(tmpdir(), 'consentry-worker-'))
  const env = {
    DATABASE_URL: `file:${join(folder, 'test.db')}`,
    CONSENTRY_KEYS: generateKeyEntry(new Date()),
    CONSENTRY_SECRET: 'a secret for tests, long enough',
    MICROSOFT_CLIENT_ID: demo.app.clientId,
    MICROSOFT_CLIENT_SECRETS: demo.app.clientSecret,
    MICROSOFT_LOGIN_URL: urls.login,
    MICROSOFT_PARTNER_CENTER_URL: urls.partnerCenter,
    MICROSOFT_GRAPH_URL: urls.graph,
    ...given,
  }
  const config = readConfig(env)
  const { store, close } = await openDatabase(config.database)
  const deps: Deps = { store, fetch, now: () => new Date(), keys: readKeyRing(env), config }
  await store.createOrganisation({ id: 'org', slug: 'org', name: 'Org', createdAt: new Date() })
  return {
    microsoft,
    env,
    deps,
    async close() {
      await close()
      await closeMicrosoft()
      await rm(folder, { recursive: true })
    },
  }
}

type DemoTenant = (typeof demo.tenants)['nordwind' | 'cascade']

/** Consents as the tenant's administrator, and makes the connection due `hoursAgo`. */
export async function connect(world: World, tenant: DemoTenant, hoursAgo: number): Promise<ConnectionRow> {
  const { deps, microsoft } = world
  const { row } = await addConnection(deps, { organisationId: 'org', microsoftId: tenant.id }, TESTER)
  const { url } = await createConsentLink(deps, row, TESTER)
  const trip = { browser: 'browser', member: TESTER }
  const { location } = await startConsent(deps, url.split('/').at(-1) ?? '', trip)
  const back = await microsoft.signIn(location, { user: tenant.users.service })
  const answer = Object.fromEntries(new URL(back.location ?? '').searchParams)
  const { done } = await finishConsent(deps, answer, trip.browser)
  await done
  const due = new Date(Date.now() - hoursAgo * 3_600_000)
  const connected = await deps.store.updateConnection(row.id, { nextRefreshAt: due })
  if (connected?.status !== 'connected') throw new Error(`The consent ended ${connected?.status}.`)
  return connected
}

/** A refresh token that another system obtained. */
export async function grantElsewhere({ microsoft }: World, tenantId: string, user: string): Promise<string> {
  const { login } = microsoft.urls
  const app = {
    client_id: demo.app.clientId,
    redirect_uri: 'http://localhost:3000/consent/callback',
    scope: 'https://api.partnercenter.microsoft.com/user_impersonation offline_access openid profile',
  }
  const asked = new URLSearchParams({ ...app, response_type: 'code' })
  const address = `${login}/${tenantId}/oauth2/v2.0`
  const { location } = await microsoft.signIn(`${address}/authorize?${asked}`, { user })
  const code = new URL(location ?? '').searchParams.get('code') ?? ''
  const secret = { client_secret: demo.app.clientSecret, grant_type: 'authorization_code', code }
  const body = new URLSearchParams({ ...app, ...secret })
  const answer = await microsoft.fetch(`${address}/token`, { method: 'POST', body })
  const tokens: unknown = await answer.json()
  if (typeof tokens === 'object' && tokens && 'refresh_token' in tokens) return String(tokens.refresh_token)
  throw new Error(`No refresh token: ${JSON.stringify(tokens)}`)
}

/** Starts the worker; `ended` tells what it printed and how it exited. */
export function startProgram(env: Readonly<Record<string, string>>, ...args: string[]) {
  const main = join(import.meta.dirname, '../src/main.ts')
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env.PATH, ...env } })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (printed.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (printed.stderr += text))
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, ...printed }))
  return { child, printed, ended }
}
