import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'

import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'

import { openDatabase } from '../src/index.ts'
import { type Auth, type AuthOptions, createAuth, createPerson } from '../src/sign-in.ts'
import { onBothDialects } from './databases.ts'

const URL_HTTPS = 'https://consentry.example'
const PASSWORD = 'a long enough password'

onBothDialects((database, config) => {
  const auth = (options: Partial<AuthOptions> = {}) =>
    createAuth({
      database: database(),
      secret: 'a secret of at least 32 characters, random',
      url: URL_HTTPS,
      limitTries: false,
      ...options,
    })

  const someone = () => `kim.${randomUUID()}@example.com`

  describe('signing in', () => {
    it('takes the right password and gives a session that a cookie carries', async () => {
      const email = someone()
      const id = await createPerson(auth(), { email, password: PASSWORD, name: 'Kim' })
      const answer = await signIn(auth(), email, PASSWORD)
      expect(answer.status).toBe(200)
      const session = await auth().api.getSession({ headers: new Headers({ cookie: cookieOf(answer) }) })
      expect(session?.user).toMatchObject({ id, email, name: 'Kim' })
    })

    it('answers a wrong password and an unknown address alike', async () => {
      const email = someone()
      await createPerson(auth(), { email, password: PASSWORD })
      const wrong = await signIn(auth(), email, 'not the password at all')
      const unknown = await signIn(auth(), someone(), PASSWORD)
      expect([wrong.status, unknown.status]).toEqual([401, 401])
      expect(await wrong.text()).toBe(await unknown.text())
    })

    it('sets a cookie that scripts and other sites cannot use, secure by name on https', async () => {
      const email = someone()
      await createPerson(auth(), { email, password: PASSWORD })
      const secure = (await signIn(auth(), email, PASSWORD)).headers.getSetCookie().join('\n')
      expect(secure).toMatch(/^__Host-consentry\.session_token=/)
      for (const attribute of ['HttpOnly', 'SameSite=Lax', 'Secure', 'Path=/'])
        expect(secure).toContain(attribute)
      const url = 'http://localhost:3000'
      const local = (await signIn(auth({ url }), email, PASSWORD, { origin: url })).headers
        .getSetCookie()
        .join('\n')
      expect(local).toMatch(/^consentry\.session_token=/)
      expect(local).not.toContain('Secure')
    })

    it('refuses a write with a session cookie from another site', async () => {
      const email = someone()
      await createPerson(auth(), { email, password: PASSWORD })
      const cookie = cookieOf(await signIn(auth(), email, PASSWORD))
      const signOut = (origin: string) => post(auth(), '/sign-out', {}, { cookie, origin })
      expect((await signOut('https://evil.example')).status).toBe(403)
      expect(await auth().api.getSession({ headers: new Headers({ cookie }) })).not.toBeNull()
      expect((await signOut(URL_HTTPS)).status).toBe(200)
      expect(await auth().api.getSession({ headers: new Headers({ cookie }) })).toBeNull()
    })
  })

  describe('accounts', () => {
    it('cannot be made over HTTP', async () => {
      const email = someone()
      const body = { email, password: PASSWORD, name: 'Eve' }
      expect((await post(auth(), '/sign-up/email', body)).status).toBe(400)
      expect((await signIn(auth(), email, PASSWORD)).status).toBe(401)
    })

    it('are found again by the same address in any case, and keep their password and name', async () => {
      const email = someone()
      const id = await createPerson(auth(), { email, password: PASSWORD, name: 'Kim' })
      const again = { email: ` ${email.toUpperCase()} `, name: 'Somebody else' }
      expect(await createPerson(auth(), again)).toBe(id)
      expect((await signIn(auth(), email, PASSWORD)).status).toBe(200)
      const [row] = await database()
        .db.select()
        .from(database().tables.user)
        .where(eq(database().tables.user.id, id))
      expect(row).toMatchObject({ email, name: 'Kim', emailVerified: false })
      expect(row?.createdAt).toBeInstanceOf(Date)
    })

    it('without a password let nobody in until one is set', async () => {
      const email = someone()
      const id = await createPerson(auth(), { email })
      expect((await signIn(auth(), email, PASSWORD)).status).toBe(401)
      expect(await createPerson(auth(), { email, password: PASSWORD })).toBe(id)
      expect((await signIn(auth(), email, PASSWORD)).status).toBe(200)
    })

    it('given a new password refuse the old one and end their sessions', async () => {
      const email = someone()
      await createPerson(auth(), { email, password: PASSWORD })
      const cookie = cookieOf(await signIn(auth(), email, PASSWORD))
      await createPerson(auth(), { email, password: 'another long password' })
      expect((await signIn(auth(), email, PASSWORD)).status).toBe(401)
      expect((await signIn(auth(), email, 'another long password')).status).toBe(200)
      expect(await auth().api.getSession({ headers: new Headers({ cookie }) })).toBeNull()
    })

    it.each([
      ['a password of 7 characters', { password: 'x'.repeat(7) }],
      ['a password of 129 characters', { password: 'x'.repeat(129) }],
      ['an address without a domain', { email: 'kim' }],
    ])('are not made with %s', async (_what, given) => {
      const email = someone()
      await expect(createPerson(auth(), { email, ...given })).rejects.toBeInstanceOf(RangeError)
      const users = await database().db.select().from(database().tables.user)
      expect(users.filter((user) => user.email === email || user.email === 'kim')).toEqual([])
    })

    it('keep passwords hashed', async () => {
      const { db, tables } = database()
      const id = await createPerson(auth(), { email: someone(), password: PASSWORD })
      const [row] = await db.select().from(tables.account).where(eq(tables.account.userId, id))
      expect(row?.password).toMatch(/^[0-9a-f]{32}:[0-9a-f]{128}$/)
    })
  })

  it('reports a failing database without any value of the statement', async () => {
    const email = someone()
    await createPerson(auth(), { email, password: PASSWORD })
    const cookie = cookieOf(await signIn(auth(), email, PASSWORD))
    const gone = await openDatabase(config())
    await gone.close()
    const reported: unknown[] = []
    const failing = auth({ database: gone, report: (error) => reported.push(error) })
    const request = new Request(`${URL_HTTPS}/api/auth/get-session`, { headers: { cookie } })
    expect((await failing.handler(request)).status).toBe(500)
    expect(reported).toHaveLength(1)
    const token = decodeURIComponent(cookie.split('=')[1] ?? '').split('.')[0] ?? ''
    expect(token).toHaveLength(32)
    expect(inspect(reported[0], { depth: 9 })).not.toContain(token)
  })
})

function signIn(auth: Auth, email: string, password: string, headers: Record<string, string> = {}) {
  return post(auth, '/sign-in/email', { email, password }, headers)
}

async function post(auth: Auth, path: string, body: object, headers: Record<string, string> = {}) {
  const { origin } = new URL(auth.options.baseURL)
  return auth.handler(
    new Request(`${origin}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, ...headers },
      body: JSON.stringify(body),
    }),
  )
}

function cookieOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}
