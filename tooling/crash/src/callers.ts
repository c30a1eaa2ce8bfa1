import { setTimeout as sleep } from 'node:timers/promises'

import type { World } from './world.ts'

export type Call = {
  readonly status: number
  readonly retryAfter: number | null
  readonly body: Readonly<Record<string, unknown>>
  readonly ms: number
}

/** Asks an api for a token once. Status 0: no answer. */
export async function askToken(world: World, url: string, microsoftId: string): Promise<Call> {
  return call(url, `/api/v1/connections/${microsoftId}/token`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.serviceKey}`, 'content-type': 'application/json' },
    body: '{"resource":"partner-center"}',
  })
}

/** One request, read to its end. */
export async function call(url: string, path: string, init: RequestInit = {}): Promise<Call> {
  const started = performance.now()
  try {
    const response = await fetch(`${url}${path}`, init)
    const retryAfter = response.headers.get('retry-after')
    const text = await response.text()
    const body: unknown = text.startsWith('{') ? JSON.parse(text) : {}
    return {
      status: response.status,
      retryAfter: retryAfter === null ? null : Number(retryAfter),
      // Every answer of the api is an object.
      body: body as Call['body'],
      ms: performance.now() - started,
    }
  } catch {
    return { status: 0, retryAfter: null, body: {}, ms: performance.now() - started }
  }
}

/** A caller as services are: comes back when it is told to, until it has a token. Gives every answer it got. */
export async function insist(world: World, url: string, microsoftId: string): Promise<Call[]> {
  const answers: Call[] = []
  for (;;) {
    const answer = await askToken(world, url, microsoftId)
    answers.push(answer)
    if (answer.status !== 503) return answers
    await sleep((answer.retryAfter ?? 1) * 1000)
  }
}

/** How often each refresh token was redeemed with success. */
export function redemptions({ microsoft }: World): number[] {
  const tokens = microsoft.requests.filter(
    (it) => it.route === 'token' && it.grantType === 'refresh_token' && it.status === 200,
  )
  return [...Map.groupBy(tokens, (it) => it.refreshTokenHash).values()].map((it) => it.length)
}
