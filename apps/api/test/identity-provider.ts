import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { Provider, type ClientMetadata } from 'oidc-provider'

export type Claims = Readonly<Record<string, string | boolean | number>>

/** An OpenID Connect provider on loopback that signs in whoever is named, with the claims given for them. */
export async function openProvider(client: ClientMetadata, people: Readonly<Record<string, Claims>>) {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is never a pipe name.
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [client],
    claims: { openid: ['sub'], email: ['email', 'email_verified', 'xms_edov'], profile: ['name'] },
    cookies: { keys: ['only for tests'] },
    findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people[id] }) }),
  })
  server.on('request', provider.callback())

  /** Signs in at the provider and agrees; gives where it sends the browser at the end. */
  async function signIn(target: string, login: string): Promise<string> {
    const jar = new Map<string, string>()
    async function go(address: string, form?: Record<string, string>): Promise<string> {
      const response = await fetch(new URL(address, issuer), {
        method: form ? 'POST' : 'GET',
        redirect: 'manual',
        headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(form ? { body: new URLSearchParams(form) } : {}),
      })
      for (const line of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
        if (value) jar.set(name, value)
        else jar.delete(name)
      }
      return response.headers.get('location') ?? (await response.text())
    }
    let at = target
    for (let steps = 0; steps < 12; steps += 1) {
      const answer = await go(at)
      if (/[?&](code|error)=/.test(answer)) return answer
      const prompt = /name="prompt" value="(\w+)"/.exec(answer)?.[1]
      at = prompt ? await go(at, prompt === 'login' ? { prompt, login, password: 'x' } : { prompt }) : answer
      if (/[?&](code|error)=/.test(at)) return at
    }
    throw new Error(`The provider kept the browser at ${at.slice(0, 300)}`)
  }

  return {
    issuer,
    signIn,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
}
