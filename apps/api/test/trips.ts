import { createMicrosoft, demo, type Microsoft, type SignInOptions } from '@consentry/microsoft-simulator'

import { openApi, type Harness, type Options } from './harness.ts'

export const tenant = demo.tenants.nordwind

export type World = Harness & {
  readonly microsoft: Microsoft
  readonly organisationId: string
  readonly owner: Headers
}
type Headers = Record<string, string>

/** The API with a Microsoft of its own, one organisation and its owner. */
export async function openWorld(options: Options = {}): Promise<World> {
  const microsoft = createMicrosoft(options.now ? { now: options.now } : {})
  microsoft.control.set({ exportNotStartedPolls: 0, exportRunningPolls: 0 })
  const url = options.env?.CONSENTRY_URL
  if (url) microsoft.control.addRedirectUri(`${url}/consent/callback`)
  const api = await openApi({
    fetch: microsoft.fetch,
    ...options,
    env: {
      MICROSOFT_CLIENT_ID: demo.app.clientId,
      MICROSOFT_CLIENT_SECRETS: demo.app.clientSecret,
      ...options.env,
    },
  })
  const organisation = await api.organisation('fjordbyte')
  return {
    ...api,
    microsoft,
    organisationId: organisation.id,
    owner: await api.member(organisation.id, 'owner'),
  }
}

export type Browser = ReturnType<typeof newBrowser>

/** A browser without an account (or signed in, with a session): keeps cookies, follows nothing by itself. */
export function newBrowser(api: Pick<Harness, 'call'>, session?: Headers) {
  const jar = new Map<string, string>()
  const [name, value] = session?.cookie?.split('=') ?? []
  if (name && value) jar.set(name, value)

  async function go(method: string, path: string, form?: Record<string, string>, headers: Headers = {}) {
    const cookie = [...jar].map(([key, it]) => `${key}=${it}`).join('; ')
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await api.call(method, path, {
      headers: { accept: 'text/html', ...(cookie ? { cookie } : {}), ...(form ? type : {}), ...headers },
      ...(form ? { body: new URLSearchParams(form).toString() } : {}),
    })
    for (const line of answer.cookies) {
      const [key = '', it = ''] = (line.split(';')[0] ?? '').split('=')
      jar.set(key, it)
    }
    return { ...answer, location: answer.headers.get('location') ?? '' }
  }
  return { jar, get: (path: string, headers?: Headers) => go('GET', path, undefined, headers), go }
}

/** The path of an absolute address of this deployment. */
export function pathOf(address: string): string {
  const url = new URL(address, 'http://localhost:3000')
  return url.pathname + url.search
}

/** Adds the tenant and makes a link to it; gives the link's path. */
export async function makeLink(world: World, body: Record<string, unknown> = {}, id: string = tenant.id) {
  await world.api('POST', '/connections', { as: world.owner, body: { microsoftId: id } })
  const made = await world.api('POST', `/connections/${id}/consent-links`, { as: world.owner, body })
  return { path: pathOf(String(made.body.url)), attemptId: String(made.body.attemptId) }
}

/** Presses the button of the link page and signs in at Microsoft; gives the path that Microsoft sends the browser to. */
export async function signInWith(
  world: World,
  browser: Browser,
  link: string,
  as: Partial<SignInOptions> = {},
) {
  const set = await browser.go('POST', link, { decision: 'continue' })
  if (set.status !== 303) throw new Error(`The link did not set off: ${set.status}`)
  const arrived = await world.microsoft.signIn(set.location, { user: tenant.users.service, ...as })
  if (!arrived.location) throw new Error(`Microsoft kept the browser: AADSTS${arrived.aadsts}`)
  return pathOf(arrived.location)
}

/** Waits until the attempt has ended. */
export async function outcome(world: World, attemptId: string, id: string = tenant.id) {
  await world.running.settled()
  return (await world.api('GET', `/connections/${id}/consent-attempts/${attemptId}`, { as: world.owner }))
    .body
}

/** Connects the tenant the whole way. */
export async function connect(world: World): Promise<void> {
  const { path, attemptId } = await makeLink(world)
  const browser = newBrowser(world)
  await browser.get(await signInWith(world, browser, path))
  const { status } = await outcome(world, attemptId)
  if (status !== 'succeeded') throw new Error(`The consent ended as ${String(status)}`)
}
