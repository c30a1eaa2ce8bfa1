import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'

import { judgeIdToken, type TokenJudge } from '../src/microsoft/tenant.ts'

const TENANT = '5f1c2a70-6c1e-4d0b-9a55-0d4f1f6b2e01'
const CLIENT = '1b7e0d2c-5a34-4c8f-9b1e-7d60c2f4a911'
const ISSUER = `https://login.microsoftonline.com/${TENANT}/v2.0`
const NOW = new Date('2026-11-23T07:00:00Z')
const SECONDS = NOW.getTime() / 1000

let judge: TokenJudge
let key: CryptoKey
let strangersKey: CryptoKey

beforeAll(async () => {
  const own = await generateKeyPair('RS256')
  key = own.privateKey
  strangersKey = (await generateKeyPair('RS256')).privateKey
  judge = {
    issuer: ISSUER,
    keys: { keys: [{ ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256' }] },
  }
})

async function idToken(changes: JWTPayload = {}, signedWith = key): Promise<string> {
  const claims = {
    iss: ISSUER,
    aud: CLIENT,
    tid: TENANT,
    nonce: 'n',
    iat: SECONDS,
    exp: SECONDS + 3600,
    ...changes,
  }
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(signedWith)
}

function judged(token: string) {
  const nonceMatches = (nonce: string) => nonce === 'n'
  return judgeIdToken(token, judge, { microsoftId: TENANT, clientId: CLIENT, nonceMatches, now: NOW })
}

describe('an id_token', () => {
  it('that answers our question is believed', async () => {
    await expect(judged(await idToken())).resolves.toMatchObject({ tid: TENANT })
  })

  it.each([{ exp: SECONDS - 890 }, { nbf: SECONDS + 890 }])(
    'may be off by fifteen minutes, as clocks are (%j)',
    async (changes) => {
      await expect(judged(await idToken(changes))).resolves.toMatchObject({ tid: TENANT })
    },
  )

  it.each([
    ['another nonce', { nonce: 'other' }, 'answer_mismatch'],
    ['no nonce', { nonce: undefined }, 'answer_mismatch'],
    ['another audience', { aud: 'somebody-else' }, 'answer_mismatch'],
    ['another issuer', { iss: 'https://login.evil.example/v2.0' }, 'answer_mismatch'],
    ['an end long past', { exp: SECONDS - 1000 }, 'answer_mismatch'],
    ['a beginning far ahead', { nbf: SECONDS + 1000 }, 'answer_mismatch'],
    ['another tenant', { tid: '8b9e4c12-3f47-4a6d-8c21-7e5a90d3c402' }, 'wrong_tenant'],
    ['no tenant', { tid: undefined }, 'wrong_tenant'],
  ])('with %s is not', async (_, changes, code) => {
    await expect(judged(await idToken(changes))).rejects.toMatchObject({ code })
  })

  it("signed with a stranger's key is not", async () => {
    await expect(judged(await idToken({}, strangersKey))).rejects.toMatchObject({ code: 'answer_mismatch' })
  })

  it('without a signature is not', async () => {
    const [, payload] = (await idToken()).split('.')
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    await expect(judged(`${header}.${payload}.`)).rejects.toMatchObject({ code: 'answer_mismatch' })
  })
})
