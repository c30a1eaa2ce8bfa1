import { Agent, request } from 'node:http'

export type Ask = {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
export type Load = { readonly perSecond: number; readonly p50: number; readonly p99: number }

/** Asks over so many keep-alive connections for so long; `askOf` says what the n-th request is. Throws at an answer that is none. */
export async function load(askOf: (n: number) => Ask, connections: number, ms: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const times: number[] = []
  const started = performance.now()
  let n = 0
  const lane = async () => {
    while (performance.now() - started < ms) {
      const from = performance.now()
      await send(askOf(n++), agent)
      times.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: connections }, lane))
  const seconds = (performance.now() - started) / 1000
  agent.destroy()
  const sorted = times.toSorted((a, b) => a - b)
  return { perSecond: times.length / seconds, p50: at(sorted, 0.5), p99: at(sorted, 0.99) }
}

/** Milliseconds of each of so many requests, one after the other; the median and the slowest. */
export async function once(
  ask: Ask,
  times = 15,
): Promise<{ readonly median: number; readonly slowest: number }> {
  const agent = new Agent({ keepAlive: true })
  const took: number[] = []
  for (let n = 0; n < times; n += 1) {
    const from = performance.now()
    await send(ask, agent)
    took.push(performance.now() - from)
  }
  agent.destroy()
  const sorted = took.toSorted((a, b) => a - b)
  return { median: at(sorted, 0.5), slowest: at(sorted, 1) }
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function send({ url, method = 'GET', headers = {}, body }: Ask, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers }, (response) => {
      const { statusCode = 0 } = response
      response.resume().on('end', () => {
        if (statusCode < 300) resolve()
        else reject(new Error(`${method} ${url} answered ${statusCode}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
