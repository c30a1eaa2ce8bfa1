import { randomUUID } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import type { PersonEvent } from '../src/auth/hooks.ts'
import { createAuth, createPerson, DEVICE_TRIES, STRANGERS_TRIES, type AuthOptions } from '../src/sign-in.ts'
import { codeOf, softwareKey } from '../testing/authenticator.ts'
import { onBothDialects } from './databases.ts'

const ORIGIN = 'https://consentry.example'
const PASSWORD = 'a long enough password'

onBothDialects((database) => {
  const auth = (options: Partial<AuthOptions> = {}) =>
    createAuth({
      database: database(),
      secret: 'a secret of at least 32 characters, random',
      url: ORIGIN,
      ...options,
    })

  async function givenPerson() {
    const email = `kim.${randomUUID()}@example.com`
    const id = await createPerson(auth(), { email, password: PASSWORD, name: 'Kim' })
    return { id, email }
  }

  /** A browser: keeps the cookies that it is given. */
  function browser(options: Partial<AuthOptions> = {}) {
    const jar = new Map<string, string>()
    const { handler } = auth(options)
    async function call(method: string, path: string, body?: unknown) {
      const response = await handler(
        new Request(`${ORIGIN}/api/auth${path}`, {
          method,
          headers: {
            'content-type': 'application/json',
            origin: ORIGIN,
            cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      )
      for (const line of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
        if (/max-age=0/i.test(line)) jar.delete(name)
        else jar.set(name, value)
      }
      const answer: unknown = await response.json().catch(() => null)
      return { status: response.status, headers: response.headers, body: answer as Record<string, never> }
    }
    return {
      jar,
      get: (path: string) => call('GET', path),
      post: (path: string, body: unknown = {}) => call('POST', path, body),
      signIn: (email: string, password = PASSWORD) => call('POST', '/sign-in/email', { email, password }),
      signedIn: async () => (await call('GET', '/get-session')).body !== null,
    }
  }

  describe('a second step', () => {
    async function givenTwoSteps(options: Partial<AuthOptions> = {}) {
      const person = await givenPerson()
      const own = browser(options)
      await own.signIn(person.email)
      const { body } = await own.post('/two-factor/enable', { password: PASSWORD })
      const address = String(body.totpURI)
      const codes = body.backupCodes as unknown as string[] // as the library documents
      // The step before now: the one of now stays unused for the sign-in.
      expect((await own.post('/two-factor/verify-totp', { code: codeOf(address, -1) })).status).toBe(200)
      return { ...person, address, codes }
    }

    it('is asked for after the password, which alone opens nothing', async () => {
      const { email, address } = await givenTwoSteps()
      const other = browser()
      expect((await other.signIn(email)).body).toMatchObject({ twoFactorRedirect: true })
      expect(await other.signedIn()).toBe(false)
      expect((await other.post('/two-factor/verify-totp', { code: '000000' })).status).toBe(401)
      expect((await other.post('/two-factor/verify-totp', { code: codeOf(address) })).status).toBe(200)
      expect(await other.signedIn()).toBe(true)
    })

    it('takes each code once', async () => {
      const { email, address } = await givenTwoSteps()
      const code = codeOf(address)
      const [first, second] = [browser(), browser()]
      for (const it of [first, second]) await it.signIn(email)
      expect((await first.post('/two-factor/verify-totp', { code })).status).toBe(200)
      expect((await second.post('/two-factor/verify-totp', { code })).status).toBe(401)
      expect(await second.signedIn()).toBe(false)
    })

    it('can be a recovery code, each once', async () => {
      const { email, codes } = await givenTwoSteps()
      const use = async () => {
        const other = browser()
        await other.signIn(email)
        return (await other.post('/two-factor/verify-backup-code', { code: codes[0] })).status
      }
      expect(await use()).toBe(200)
      expect(await use()).toBe(401)
    })

    it('keeps its secret and recovery codes encrypted', async () => {
      const { address, codes } = await givenTwoSteps()
      const stored = JSON.stringify(await database().db.select().from(database().tables.twoFactor))
      expect(stored).not.toContain(codes[0])
      expect(stored).not.toContain(new URL(address).searchParams.get('secret'))
    })

    it('ends in a stop after ten wrong codes', async () => {
      const { email, address } = await givenTwoSteps()
      for (let count = 0; count < 10; count += 1) {
        const guesser = browser({ limitTries: false })
        await guesser.signIn(email)
        await guesser.post('/two-factor/verify-totp', { code: '000000' })
      }
      const late = browser({ limitTries: false })
      await late.signIn(email)
      expect((await late.post('/two-factor/verify-totp', { code: codeOf(address) })).status).toBe(429)
    })
  })

  describe('a passkey', () => {
    async function givenPasskey(key = softwareKey(ORIGIN)) {
      const person = await givenPerson()
      const own = browser()
      await own.signIn(person.email)
      const { body } = await own.get('/passkey/generate-register-options')
      const made = await own.post('/passkey/verify-registration', {
        response: key.register(String(body.challenge)),
      })
      expect(made.status).toBe(200)
      return { ...person, key }
    }

    async function challenge(own: ReturnType<typeof browser>) {
      return String((await own.get('/passkey/generate-authenticate-options')).body.challenge)
    }

    it('signs in without a password', async () => {
      const { key } = await givenPasskey()
      const own = browser()
      const response = key.assert(await challenge(own))
      expect((await own.post('/passkey/verify-authentication', { response })).status).toBe(200)
      expect(await own.signedIn()).toBe(true)
    })

    it('is refused with another challenge, from another site, or shown twice', async () => {
      const { key } = await givenPasskey()
      const own = browser()
      await challenge(own)
      const post = async (response: unknown) =>
        (await own.post('/passkey/verify-authentication', { response })).status
      expect(await post(key.assert('bm90IGFza2Vk'))).toBeGreaterThanOrEqual(400)
      expect(await post(key.assert(await challenge(own), 'https://evil.example'))).toBeGreaterThanOrEqual(400)
      const good = key.assert(await challenge(own))
      expect(await post(good)).toBe(200)
      expect(await post(good)).toBeGreaterThanOrEqual(400)
    })

    it('is refused when it did not check who holds it', async () => {
      const { key } = await givenPasskey(softwareKey(ORIGIN, { verifiesUser: false }))
      const own = browser()
      const response = key.assert(await challenge(own))
      expect((await own.post('/passkey/verify-authentication', { response })).body).toMatchObject({
        code: 'USER_NOT_VERIFIED',
      })
      expect(await own.signedIn()).toBe(false)
    })

    it('can be added by a signed-in person only', async () => {
      expect((await browser().get('/passkey/generate-register-options')).status).toBe(401)
    })
  })

  describe('wrong passwords', () => {
    it('stop guessers alike for an address that exists and one that does not, over all processes', async () => {
      const { email } = await givenPerson()
      for (const each of [email, `nobody.${randomUUID()}@example.com`]) {
        const answers = []
        for (let count = 0; count <= STRANGERS_TRIES.max; count += 1)
          answers.push(await browser().signIn(each, 'wrong wrong wrong'))
        expect(answers.slice(0, -1).map((it) => it.status)).toEqual(Array(STRANGERS_TRIES.max).fill(401))
        const last = answers.at(-1)
        expect(last?.status).toBe(429)
        expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(600)
        expect(last?.body).toMatchObject({ code: 'TOO_MANY_TRIES' })
      }
    })

    it('of somebody else do not keep a person out who signed in there before', async () => {
      const { email } = await givenPerson()
      const own = browser()
      await own.signIn(email)
      for (let count = 0; count <= STRANGERS_TRIES.max; count += 1)
        await browser().signIn(email, 'wrong wrong wrong')
      expect((await browser().signIn(email)).status).toBe(429)
      await own.post('/sign-out')
      expect((await own.signIn(email)).status).toBe(200)
    })

    it('are counted in a browser that was in, too, and forgotten with the right one', async () => {
      const { email } = await givenPerson()
      const own = browser()
      await own.signIn(email)
      for (let count = 1; count < DEVICE_TRIES.max; count += 1) await own.signIn(email, 'wrong wrong wrong')
      expect((await own.signIn(email)).status).toBe(200)
      for (let count = 0; count < DEVICE_TRIES.max; count += 1) await own.signIn(email, 'wrong wrong wrong')
      expect((await own.signIn(email)).status).toBe(429)
    })

    it('leave no more rows than there are buckets, however many names are tried', async () => {
      const { db, tables } = database()
      await browser().signIn('one@example.com', 'wrong wrong wrong')
      const before = (await db.select().from(tables.tries)).length
      for (let count = 0; count < 3; count += 1)
        await browser().signIn('one@example.com', 'wrong wrong wrong')
      expect((await db.select().from(tables.tries)).length).toBe(before)
    })
  })

  describe('what people do', () => {
    it('is told: in by password, second step, passkey, out', async () => {
      const events: PersonEvent[] = []
      const tell = async (event: PersonEvent) => void events.push(event)
      const { email } = await givenPerson()
      const own = browser({ tell })
      await own.signIn(email)
      const { body } = await own.post('/two-factor/enable', { password: PASSWORD })
      await own.post('/two-factor/verify-totp', { code: codeOf(String(body.totpURI), -1) })
      await own.post('/sign-out')
      await own.signIn(email)
      await own.post('/two-factor/verify-totp', { code: codeOf(String(body.totpURI)) })
      expect(events.map(({ action, method }) => [action, method ?? ''])).toEqual([
        ['person.signed_in', 'password'],
        ['person.second_step_added', ''],
        ['person.signed_out', ''],
        ['person.signed_in', 'password and code'],
      ])
      expect(events[0]?.person).toMatchObject({ email, name: 'Kim' })
    })

    it('does not happen as a sign-in when it cannot be told', async () => {
      const { email } = await givenPerson()
      const own = browser({
        tell: async () => {
          throw new Error('the log cannot be written')
        },
      })
      await expect(own.signIn(email)).rejects.toThrow('the log cannot be written')
      expect(await own.signedIn()).toBe(false)
      expect(own.jar.has('__Host-consentry.session_token')).toBe(false)
    })
  })

  it('sets a forgotten password by a link that works once, and answers alike for unknown addresses', async () => {
    const sent: string[] = []
    const sendReset = async (_email: string, url: string) => void sent.push(url)
    const { email } = await givenPerson()
    const own = browser({ sendReset })
    await own.signIn(email)
    const asked = await own.post('/request-password-reset', { email })
    const unknown = await own.post('/request-password-reset', { email: 'nobody@example.com' })
    expect([asked.status, asked.body]).toEqual([unknown.status, unknown.body])
    expect(sent).toHaveLength(1)
    const token = new URL(sent[0] ?? '').searchParams.get('token')
    const set = async (newPassword: string) =>
      (await browser({ sendReset }).post('/reset-password', { token, newPassword })).status
    expect(await set('password1')).toBe(400)
    expect(await set('another fine password')).toBe(200)
    expect(await set('a third fine password')).toBe(400)
    expect(await own.signedIn()).toBe(false)
    expect((await browser().signIn(email, 'another fine password')).status).toBe(200)
  })

  it('refuses a bad new password with a sentence, and ends other sessions with a good one', async () => {
    const { email } = await givenPerson()
    const [own, other] = [browser(), browser()]
    for (const it of [own, other]) await it.signIn(email)
    const change = (newPassword: string) =>
      own.post('/change-password', { currentPassword: PASSWORD, newPassword, revokeOtherSessions: true })
    const refused = await change('password1')
    expect(refused).toMatchObject({ status: 400, body: { code: 'PASSWORD_REFUSED' } })
    expect((await change('another fine password')).status).toBe(200)
    expect(await own.signedIn()).toBe(true)
    expect(await other.signedIn()).toBe(false)
  })
})
