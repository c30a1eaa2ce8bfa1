import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

import { generateKeyEntry } from '@consentry/core'
import { createMicrosoft, demo } from '@consentry/microsoft-simulator'

import { run } from '../src/run.ts'

export type Environment = Readonly<Record<string, string>>
export type World = Awaited<ReturnType<typeof openWorld>>

/** An empty folder for a SQLite file, a Microsoft on loopback ports, and the environment that leads to both. */
export async function openWorld() {
  const microsoft = createMicrosoft()
  const { urls, close } = await microsoft.listen()
  const folder = await mkdtemp(join(tmpdir(), 'consentry-cli-'))
  const database = { DATABASE_URL: `file:${join(folder, 'test.db')}` }
  const keys = { CONSENTRY_KEYS: generateKeyEntry(new Date()) }
  const env: Environment = {
    ...database,
    ...keys,
    CONSENTRY_SECRET: 'a secret for tests, long enough',
    MICROSOFT_CLIENT_ID: demo.app.clientId,
    MICROSOFT_CLIENT_SECRETS: demo.app.clientSecret,
    MICROSOFT_LOGIN_URL: urls.login,
    MICROSOFT_PARTNER_CENTER_URL: urls.partnerCenter,
    MICROSOFT_GRAPH_URL: urls.graph,
  }
  return {
    microsoft,
    folder,
    env,
    /** `DATABASE_URL` and nothing else. */
    database,
    keys,
    async close() {
      await close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Runs a command to its end. `value` is what it printed as JSON. */
export async function consentry(env: Environment, args: readonly string[], input = '') {
  const [output, errors] = [new PassThrough(), new PassThrough()]
  const printed = Promise.all([text(output), text(errors)])
  const code = await run(args, { env, input: Readable.from(input ? [input] : []), output, errors })
  output.end()
  errors.end()
  const [stdout, stderr] = await printed
  return asRun({ code, stdout, stderr })
}

/** The same by the program itself, as somebody calls it. */
export async function consentryProgram(env: Environment, args: readonly string[], input = '') {
  const main = join(import.meta.dirname, '../src/main.ts')
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env.PATH, ...env } })
  child.stdin.end(input)
  const ended = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return asRun({ code: child.exitCode, stdout, stderr })
}

function asRun(run: { code: number | null; stdout: string; stderr: string }) {
  return {
    ...run,
    /** What `--json` printed: one line, or the test has no business reading it. */
    get value(): unknown {
      if (!/^[^\n]+\n$/.test(run.stdout))
        throw new Error(`Not one line of JSON: "${run.stdout}" "${run.stderr}"`)
      return JSON.parse(run.stdout)
    },
    /** The problem at the end of stderr. */
    get problem(): unknown {
      return JSON.parse(run.stderr.trim().split('\n').at(-1) ?? '')
    },
  }
}

type DemoTenant = (typeof demo.tenants)['nordwind' | 'cascade']

/** A refresh token as another product would hold it: signed in with its own request, by the same app. */
export async function signInElsewhere({ microsoft }: World, tenant: DemoTenant): Promise<string> {
  const { login } = microsoft.urls
  const app = {
    client_id: demo.app.clientId,
    redirect_uri: 'http://localhost:3000/consent/callback',
    scope: 'https://api.partnercenter.microsoft.com/user_impersonation offline_access openid profile',
  }
  const billing = 'https://graph.microsoft.com/PartnerBilling.Read.All'
  const asked = new URLSearchParams({ ...app, scope: `${app.scope} ${billing}`, response_type: 'code' })
  const { location } = await microsoft.signIn(`${login}/${tenant.id}/oauth2/v2.0/authorize?${asked}`, {
    user: tenant.users.service,
  })
  const code = new URL(location ?? '').searchParams.get('code') ?? ''
  const secret = { client_secret: demo.app.clientSecret, grant_type: 'authorization_code', code }
  const body = new URLSearchParams({ ...app, ...secret })
  const answer = await fetch(`${login}/${tenant.id}/oauth2/v2.0/token`, { method: 'POST', body })
  const tokens: unknown = await answer.json()
  if (typeof tokens === 'object' && tokens && 'refresh_token' in tokens) return String(tokens.refresh_token)
  throw new Error(`No refresh token: ${JSON.stringify(tokens)}`)
}
