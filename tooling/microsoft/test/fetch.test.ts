import { expect, test } from 'vitest'
import { nordwind, setUp } from './helpers.ts'

const discovery = `https://login.microsoftonline.com/${nordwind.id}/v2.0/.well-known/openid-configuration`

test('an unknown host fails like a name that does not resolve', async () => {
  const { microsoft } = setUp()
  await expect(microsoft.fetch('https://login.microsoftonline.us/common')).rejects.toMatchObject({
    name: 'TypeError',
    message: 'fetch failed',
    cause: { code: 'ENOTFOUND' },
  })
})

test('an abort rejects with the signal’s reason, before and during the request', async () => {
  const { microsoft } = setUp()
  const reason = new Error('enough')
  await expect(microsoft.fetch(discovery, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  microsoft.control.addFault({ on: { route: 'discovery' }, times: 1, then: { delayMs: 1000 } })
  await expect(microsoft.fetch(discovery, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
    name: 'TimeoutError',
  })
})

test('redirects are handed over, refused, or followed, as asked', async () => {
  const { microsoft, authorizeUrl } = setUp()
  const url = authorizeUrl({ prompt: 'none' })
  expect((await microsoft.fetch(url, { redirect: 'manual' })).status).toBe(302)
  await expect(microsoft.fetch(url, { redirect: 'error' })).rejects.toThrow('fetch failed')
  await expect(microsoft.fetch(url)).rejects.toMatchObject({ cause: { code: 'ENOTFOUND' } })
})

test('bases may contain a path, and one does not match a longer name', async () => {
  const { microsoft, get } = setUp({
    urls: { login: 'http://127.0.0.1:9/ms', graph: 'http://127.0.0.1:9/ms-graph' },
  })
  const { body } = await get(`http://127.0.0.1:9/ms/${nordwind.id}/v2.0/.well-known/openid-configuration`)
  expect(body['token_endpoint']).toBe(`http://127.0.0.1:9/ms/${nordwind.id}/oauth2/v2.0/token`)
  expect((await get('http://127.0.0.1:9/ms-graph/v1.0/me')).status).toBe(401)
  expect(microsoft.requests.map(({ host }) => host)).toEqual(['login', 'graph'])
})

test('the log hides what a header would give away', async () => {
  const { microsoft, get } = setUp()
  await get(`${microsoft.urls.graph}/v1.0/me`, 'very-secret', { headers: { cookie: 'a=very-secret' } })
  expect(JSON.stringify(microsoft.requests)).not.toContain('very-secret')
  expect(microsoft.requests[0]).toMatchObject({
    host: 'graph',
    route: 'me',
    method: 'GET',
    path: '/v1.0/me',
    status: 401,
  })
})
