import { createCertificate, demo } from '@consentry/microsoft-simulator'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'

import {
  addConnection,
  finishConsent,
  getAccessToken,
  lookUpTenant,
  randomToken,
  requestReport,
  startConsent,
  testConnection,
  type Fetch,
} from '../src/index.ts'
import { CLOUDS, type Cloud } from '../src/microsoft/clouds.ts'
import { redeem } from '../src/microsoft/entra.ts'
import { askGraph } from '../src/microsoft/graph.ts'
import { scopesOf } from '../src/permissions.ts'
import { add, ASKER, createBench, newLink, stored, tenant, type Bench } from './bench.ts'
import { fileWith } from './files.ts'

type Sent = { readonly base: string; readonly path: string; readonly body: URLSearchParams }
type Abroad = Bench & { readonly sent: Sent[] }
const SERVICES = ['login', 'partnerCenter', 'graph'] as const

/**
 * A deployment whose requests are written down as they leave. The Microsoft behind is the global one, told in its own
 * names what was asked in the cloud's, and answering as that cloud's.
 */
async function openAbroad(env: Record<string, string>): Promise<Abroad> {
  const bench = await createBench(env)
  const sent: Sent[] = []
  const fetch: Fetch = async (input, init) => {
    const { microsoft } = bench.config
    const service = SERVICES.find((it) => String(input).startsWith(`${microsoft[it]}/`))
    if (!service) throw new TypeError(`Sent to ${String(input)}`)
    const path = String(input).slice(microsoft[service].length)
    const text = typeof init?.body === 'string' ? init.body : ''
    sent.push({ base: microsoft[service], path, body: new URLSearchParams(text) })
    const body = inGlobalNames(microsoft.cloud, new URLSearchParams(text)).toString()
    const answer = await bench.microsoft.fetch(`${CLOUDS.global[service]}${path}`, {
      ...init,
      ...(init?.method === 'POST' ? { body } : {}),
    })
    return path.endsWith('openid-configuration') ? ofCloud(answer, microsoft.cloud) : answer
  }
  return { ...bench, fetch, sent }
}

function inGlobalNames(cloud: Cloud, fields: URLSearchParams): URLSearchParams {
  const scope = fields.get('scope')
  if (scope) fields.set('scope', renamed(cloud, scope))
  return fields
}

function renamed(cloud: Cloud, scope: string): string {
  return scope
    .replaceAll(`${cloud.partnerCenter}/`, `${CLOUDS.global.partnerCenter}/`)
    .replaceAll(`${cloud.graph}/`, `${CLOUDS.global.graph}/`)
}

async function ofCloud(answer: Response, cloud: Cloud): Promise<Response> {
  const text = (await answer.text()).replace(
    '"cloud_instance_name":"microsoftonline.com"',
    `"cloud_instance_name":"${cloud.instanceName}"`,
  )
  return new Response(text, { status: answer.status, headers: { 'content-type': 'application/json' } })
}

/** Link, Microsoft, proof; gives where the browser was sent. */
async function connect(bench: Abroad) {
  const { cloud, login } = bench.config.microsoft
  const browser = randomToken()
  const { location } = await startConsent(bench, await newLink(bench, await add(bench)), {
    browser,
    member: ASKER,
  })
  const there = new URL(location.replace(login, CLOUDS.global.login))
  inGlobalNames(cloud, there.searchParams)
  const { location: back } = await bench.microsoft.signIn(there.href, { user: tenant.users.service })
  const { searchParams } = new URL(back ?? '')
  const { state, code } = Object.fromEntries(searchParams)
  const attempt = await (await finishConsent(bench, { state, code }, browser)).done
  return { attempt, location: new URL(location) }
}

function sentTo(bench: Abroad, base: string): Sent[] {
  return bench.sent.filter((it) => it.base === base)
}

// learn.microsoft.com/partner-center/developer/partner-center-rest-urls and
// learn.microsoft.com/entra/identity-platform/authentication-national-cloud.
const HOSTS = {
  global: ['login.microsoftonline.com', 'api.partnercenter.microsoft.com', 'graph.microsoft.com'],
  usgov: ['login.microsoftonline.us', 'api.partnercenter.microsoft.com', 'graph.microsoft.us'],
  china: [
    'login.partner.microsoftonline.cn',
    'partner.partnercenterapi.microsoftonline.cn',
    'microsoftgraph.chinacloudapi.cn',
  ],
}

describe.each(Object.values(CLOUDS))('the $title cloud', (cloud) => {
  it('is where Microsoft says', () => {
    expect(SERVICES.map((it) => cloud[it])).toEqual(HOSTS[cloud.name].map((it) => `https://${it}`))
  })

  it('is asked at its own hosts, by its own names, and nobody else is', async () => {
    const bench = await openAbroad({ MICROSOFT_CLOUD: cloud.name })
    const { attempt, location } = await connect(bench)
    expect(attempt.problem).toBeNull()
    expect(location.origin).toBe(cloud.login)
    expect(location.searchParams.get('scope')?.split(' ')).toEqual([
      `${cloud.partnerCenter}/user_impersonation`,
      ...(cloud.partnerBilling ? [`${cloud.graph}/PartnerBilling.Read.All`] : []),
      'offline_access',
      'openid',
      'profile',
    ])
    const [code] = sentTo(bench, cloud.login).filter((it) => it.path.endsWith('/oauth2/v2.0/token'))
    expect(code?.body.get('scope')).toContain(`${cloud.partnerCenter}/user_impersonation`)
    const { accessToken } = await getAccessToken(bench, await stored(bench), { resource: 'graph' })
    const scope = sentTo(bench, cloud.login).map((it) => it.body.get('scope'))
    expect(scope.some((it) => it?.startsWith(`${cloud.graph}/`))).toBe(true)
    expect(sentTo(bench, cloud.partnerCenter).map((it) => it.path)).toContain('/v1/profiles/organization')
    // A cloud without partner billing has no rung to prove at Graph.
    expect(sentTo(bench, cloud.graph).length > 0).toBe(cloud.partnerBilling)
    await askGraph(bench, accessToken, '/organization')
    expect(sentTo(bench, cloud.graph).at(-1)?.path).toBe('/v1.0/organization')
  })
})

describe('the billing export', () => {
  async function climb(name: string) {
    const bench = await openAbroad({ MICROSOFT_CLOUD: name })
    await connect(bench)
    const { ok, checks } = await testConnection(bench, await stored(bench))
    return { bench, ok, graph: checks.find((it) => it.kind === 'graph')?.detail }
  }

  it('is there in the global cloud', async () => {
    const { bench, ok, graph } = await climb('global')
    expect([ok, graph]).toEqual([true, 'Answered.'])
    expect(await requestReport(bench, await stored(bench), ASKER, { kind: 'billed' })).toMatchObject({
      status: 'queued',
    })
  })

  it.each(['usgov', 'china'])('is not there in %s, which is said and wants no permission', async (name) => {
    const { bench, ok, graph } = await climb(name)
    expect([ok, graph]).toEqual([true, expect.stringContaining('no partner billing in Microsoft Graph')])
    const row = await stored(bench)
    expect(row.missingScopes).toEqual([])
    await expect(requestReport(bench, row, ASKER, { kind: 'billed' })).rejects.toMatchObject({
      code: 'not_in_this_cloud',
    })
  })
})

describe.each([
  ['MICROSOFT_LOGIN_URL', 'login'],
  ['MICROSOFT_PARTNER_CENTER_URL', 'partnerCenter'],
  ['MICROSOFT_GRAPH_URL', 'graph'],
] as const)('%s', (variable, service) => {
  it('moves that one host and no name', async () => {
    const own = 'https://in-between.example/microsoft'
    const bench = await openAbroad({ [variable]: own })
    const { attempt, location } = await connect(bench)
    expect(attempt.status).toBe('succeeded')
    const bases = SERVICES.map((it) => (it === service ? own : CLOUDS.global[it]))
    expect(location.href.startsWith(`${bases[0]}/${tenant.id}/`)).toBe(true)
    expect(new Set(bench.sent.map((it) => it.base))).toEqual(new Set(bases))
    const scopes = bench.sent.map((it) => it.body.get('scope')).join(' ')
    const asked = location.searchParams.get('scope')
    for (const resource of ['partner-center', 'graph'])
      for (const name of scopesOf((await createBench()).config, resource)) {
        expect(scopes).toContain(name)
        expect(asked).toContain(name)
      }
    expect(`${scopes} ${asked}`).not.toContain('in-between')
  })
})

it("signs for the cloud's own token endpoint, wherever the request is sent", async () => {
  const made = await createCertificate()
  const bench = await openAbroad({
    MICROSOFT_CLOUD: 'usgov',
    MICROSOFT_LOGIN_URL: 'https://in-between.example',
    MICROSOFT_CLIENT_CERTIFICATE_FILE: fileWith(`${made.privateKeyPem}\n${made.certificatePem}`),
    MICROSOFT_CLIENT_SECRETS: '',
  })
  const scopes = [`${CLOUDS.usgov.graph}/.default`]
  await redeem(bench, { grant: 'client', tenantId: tenant.id, scopes })
  const assertion = bench.sent[0]?.body.get('client_assertion') ?? ''
  expect(decodeJwt(assertion).aud).toBe(`https://login.microsoftonline.us/${tenant.id}/oauth2/v2.0/token`)
})

describe('a tenant of another cloud', () => {
  const { usgov } = demo.tenants

  it.each([
    ['metadata', 'It is in the US government cloud; this address serves global only.'],
    ['90038', 'It is in the other cloud; this address serves global only.'],
  ] as const)('is told before it is added (%s)', async (otherCloudDiscovery, said) => {
    const bench = await createBench()
    bench.microsoft.control.set({ otherCloudDiscovery })
    const wish = { organisationId: bench.organisation.id, microsoftId: usgov.id }
    const refused = { code: 'wrong_cloud', problem: { detail: expect.stringContaining(said) } }
    await expect(lookUpTenant(bench, usgov.id)).rejects.toMatchObject(refused)
    await expect(addConnection(bench, wish, ASKER)).rejects.toMatchObject(refused)
    expect(await bench.store.findConnection(bench.organisation.id, usgov.id)).toBeNull()
  })
})

describe("a tenant's region", () => {
  it.each([
    ['eu', true],
    ['EU', true],
    ['us', false],
    ['our-cellar', null],
    ['', null],
  ])('beside a deployment in "%s" matches: %s', async (region, regionMatches) => {
    const bench = await createBench({ CONSENTRY_REGION: region })
    expect(await lookUpTenant(bench, tenant.id)).toMatchObject({ region: 'EU', regionMatches })
  })
})
