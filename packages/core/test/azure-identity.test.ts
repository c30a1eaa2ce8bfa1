import { expect, it } from 'vitest'

import { askAzureToken, readAzureIdentity } from '../src/microsoft/azure-identity.ts'
import { fileWith } from './files.ts'

const NOW = new Date('2026-11-23T07:00:00Z')
const LOGIN = 'https://login.microsoftonline.com'
const WHO = { AZURE_TENANT_ID: 'contoso.example', AZURE_CLIENT_ID: 'client-1' }

async function ask(env: Record<string, string>, answer: object) {
  const sent: Request[] = []
  const world = {
    now: () => NOW,
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      sent.push(new Request(input, init))
      return Response.json(answer)
    },
  }
  const token = await askAzureToken(world, readAzureIdentity(env, LOGIN), 'https://vault.azure.net')
  const [request] = sent
  if (!request) throw new Error('Nothing was sent.')
  return { token, request, body: Object.fromEntries(new URLSearchParams(await request.text())) }
}

it('asks the instance metadata service of a machine, for its own or a named identity', async () => {
  const answer = { access_token: 't', expires_in: '3600' }
  const { request, token } = await ask({ AZURE_CLIENT_ID: 'client-1' }, answer)
  expect(request.url).toBe(
    'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net&client_id=client-1',
  )
  expect(request.headers.get('metadata')).toBe('true')
  expect(token).toEqual({ token: 't', expiresAt: new Date('2026-11-23T08:00:00Z') })
})

it('asks with a client secret at the sign-in host', async () => {
  const { request, body } = await ask(
    { ...WHO, AZURE_CLIENT_SECRET: 's' },
    { access_token: 't', expires_in: 60 },
  )
  expect(request.url).toBe(`${LOGIN}/contoso.example/oauth2/v2.0/token`)
  expect(body).toEqual({
    grant_type: 'client_credentials',
    client_id: 'client-1',
    client_secret: 's',
    scope: 'https://vault.azure.net/.default',
  })
})

it('asks with what stands in the workload identity file at that moment', async () => {
  const file = fileWith('a.b.c\n')
  const { body } = await ask(
    { ...WHO, AZURE_FEDERATED_TOKEN_FILE: file },
    { access_token: 't', expires_in: 60 },
  )
  expect(body).toMatchObject({
    client_assertion: 'a.b.c',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  })
})

it('wants to know who it is, and sends a secret nowhere in the clear', () => {
  expect(() => readAzureIdentity({ AZURE_CLIENT_SECRET: 's' }, LOGIN)).toThrow(/AZURE_CLIENT_ID/)
  const env = { ...WHO, AZURE_CLIENT_SECRET: 's', AZURE_AUTHORITY_HOST: 'http://login.example' }
  expect(() => readAzureIdentity(env, LOGIN)).toThrow(/AZURE_AUTHORITY_HOST/)
})

it.each([
  { IDENTITY_ENDPOINT: 'http://10.1.2.3/token', IDENTITY_HEADER: 'h' },
  { IDENTITY_ENDPOINT: 'https://elsewhere.example/token', IDENTITY_HEADER: 'h' },
  { IDENTITY_ENDPOINT: 'http://127.0.0.1:41/msi/token' },
])('asks nobody but the platform itself for an identity: %j', (env) => {
  expect(() => readAzureIdentity(env, LOGIN)).toThrow(/IDENTITY_ENDPOINT: is not usable/)
})
