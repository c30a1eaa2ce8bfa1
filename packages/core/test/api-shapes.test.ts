import { describe, expect, it } from 'vitest'

import { testConnection, type Fetch } from '../src/index.ts'
import { consent, createBench, MINUTE, stored, type Bench } from './bench.ts'

const PARTNER_CENTER = 'https://api.partnercenter.microsoft.com/v1/profiles/organization'
const GRAPH = 'https://graph.microsoft.com/v1.0/reports/partners/billing/operations'

/** Whatever is asked below this address is answered so. */
function answering(bench: Bench, address: string, answer: () => Response): Bench {
  const fetch: Fetch = (input, init) =>
    String(input).startsWith(address) ? Promise.resolve(answer()) : bench.fetch(input, init)
  return { ...bench, fetch }
}

/** What the ladder says at first of a service that answers so, what minutes later, and what becomes of the connection. */
async function climb(address: string, answer: () => Response) {
  const bench = await createBench()
  await consent(bench)
  const answered = answering(bench, address, answer)
  const look = async () => (await testConnection(answered, await stored(bench))).checks.find((it) => !it.ok)
  const first = await look()
  const works = await stored(bench)
  bench.pass(4 * MINUTE)
  return { first, works, second: await look(), row: await stored(bench) }
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  () =>
    Response.json(body, { status, headers })
const text = (status: number, body: string) => () =>
  new Response(body, { status, headers: { 'content-type': 'text/html' } })
const fault = (code: number | string, description: string) => ({
  code,
  description,
  data: [],
  source: 'PartnerFD',
})
const gateway = (statusCode: number, message: string) => ({ statusCode, message })
const graph = (code: string, message: string) => ({
  error: { code, message, innerError: { 'request-id': 'r-1' } },
})
const PAGE = '<!DOCTYPE html><html><style>b{color:red}</style><script>x()</script><h1>Blocked</h1></html>'

describe('Partner Center', () => {
  it.each([
    ['403/2032', json(403, fault(2032, 'Access denied')), { code: '2032', message: 'Access denied' }],
    ['403/"2032"', json(403, fault('2032', 'Access denied')), { code: '2032' }],
    ['401/800001', json(401, fault(800001, 'Partner Token missing')), { code: '800001' }],
    ['the gateway’s own 401', json(401, gateway(401, 'Unauthorized.')), { message: 'Unauthorized.' }],
    ['an empty 401', text(401, ''), { httpStatus: 401 }],
    ['an empty 403', text(403, ''), { httpStatus: 403 }],
    ['a page and 403', text(403, PAGE), { message: 'Blocked', httpStatus: 403 }],
  ])('that answers with %s is looked at twice before its refusal stands', async (_, answer, microsoft) => {
    const { first, works, second, row } = await climb(PARTNER_CENTER, answer)
    expect(first).toMatchObject({ kind: 'partner_center', code: 'looking_again', microsoft })
    expect(works.status).toBe('connected')
    expect(second).toMatchObject({ kind: 'partner_center', code: 'partner_center_refused', microsoft })
    expect(row).toMatchObject({ status: 'broken', reason: 'partner_center_refused' })
  })

  it.each([
    ['a page and 200', text(200, PAGE)],
    ['nothing and 200', text(200, '')],
    ['half a profile', json(200, { companyName: 'Nordwind' })],
    ['a page and 404', text(404, PAGE)],
  ])('that answers with %s has said nothing', async (_, answer) => {
    const { second, row } = await climb(PARTNER_CENTER, answer)
    expect(second).toMatchObject({ code: 'microsoft_answered_badly' })
    expect(row.status).toBe('connected')
  })
})

describe('Graph', () => {
  const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}'
  const challenge = `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`
  const refused = graph('InvalidAuthenticationToken', 'Continuous access evaluation')

  it.each([
    ['403', json(403, graph('Authorization_RequestDenied', 'No.')), { code: 'Authorization_RequestDenied' }],
    ['401', json(401, graph('InvalidAuthenticationToken', 'No.')), { traceId: 'r-1' }],
    ['an empty 401', text(401, ''), { httpStatus: 401 }],
    ['an empty 403', text(403, ''), { httpStatus: 403 }],
    ['a page and 403', text(403, PAGE), { message: 'Blocked' }],
    ['insufficent_claims and 403', json(403, graph('insufficent_claims', 'No.')), { httpStatus: 403 }],
    ['the same challenge twice', json(401, refused, { 'www-authenticate': challenge }), { traceId: 'r-1' }],
  ])('that answers with %s is looked at twice, and breaks nothing else', async (_, answer, microsoft) => {
    const { first, works, second, row } = await climb(GRAPH, answer)
    expect(first).toMatchObject({ kind: 'graph', code: 'looking_again', microsoft })
    expect(works.status).toBe('connected')
    expect(second).toMatchObject({ kind: 'graph', code: 'graph_refused', microsoft })
    expect(row).toMatchObject({ status: 'attention', reason: 'graph_refused' })
    expect(row.capabilities).toMatchObject({ signIn: 'ok', partnerCenter: 'ok' })
  })

  it.each([
    ['a page and 200', text(200, PAGE)],
    ['nothing and 200', text(200, '')],
  ])('that answers with %s has said nothing', async (_, answer) => {
    const { second, row } = await climb(GRAPH, answer)
    expect(second).toMatchObject({ kind: 'graph', code: 'microsoft_answered_badly' })
    expect(row.status).toBe('connected')
  })

  it('that asks for claims is asked again with a token that has them', async () => {
    const bench = await createBench()
    await consent(bench)
    let challenged = 0
    const sent: string[] = []
    const fetch: Fetch = (input, init) => {
      const asked = new URLSearchParams(typeof init?.body === 'string' ? init.body : '').get('claims')
      if (asked?.includes('nbf')) sent.push(asked)
      if (!String(input).startsWith(GRAPH) || challenged > 0) return bench.fetch(input, init)
      challenged += 1
      return Promise.resolve(
        Response.json(refused, { status: 401, headers: { 'www-authenticate': challenge } }),
      )
    }
    expect((await testConnection({ ...bench, fetch }, await stored(bench))).ok).toBe(true)
    expect(sent).toHaveLength(1)
    expect(JSON.parse(sent[0] ?? '')).toMatchObject(JSON.parse(claims))
  })
})
