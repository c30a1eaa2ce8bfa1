import { Agent, request as open, type IncomingMessage } from 'node:http'

export type Sent = {
  readonly method: string
  /** As it goes over the wire, query included. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer | null
}

export type Answer = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
  readonly ms: number
}

/** Longer than any answer may take; a stream of events is cut after its first. */
const PATIENCE = 5_000
const STREAM = 150

const agent = new Agent({ keepAlive: true, maxSockets: 8 })

/** Sends it. Rejects when no answer comes in time or the connection is cut. */
export function send(port: number, sent: Sent): Promise<Answer> {
  const started = performance.now()
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const headers: Record<string, string[]> = { host: [`localhost:${port}`] }
  for (const [name, value] of sent.headers) {
    headers[name] = name === 'host' ? [value] : [...(headers[name] ?? []), value]
  }
  if (sent.body) headers['content-length'] = [String(sent.body.length)]
  const signal = AbortSignal.timeout(PATIENCE)
  const options = { host: '127.0.0.1', port, method: sent.method, path: sent.target, agent, signal }
  const outgoing = open({ ...options, headers: flat(headers), setDefaultHeaders: false }, (incoming) => {
    const { statusCode: status = 0 } = incoming
    const answer = (text: string) => ({
      status,
      headers: incoming.headers,
      text,
      ms: performance.now() - started,
    })
    let text = ''
    incoming.setEncoding('utf8').on('data', (part: string) => (text += part))
    incoming.once('end', () => resolve(answer(text)))
    incoming.once('error', reject)
    if (!incoming.headers['content-type']?.startsWith('text/event-stream')) return
    setTimeout(() => {
      resolve(answer(text))
      incoming.destroy()
    }, STREAM)
  })
  outgoing.once('error', (error) => {
    // The server has answered and closed while the rest was still on its way.
    if (headOf(sent) > HEAD && 'code' in error && CUT.has(String(error.code))) resolve(TOO_LONG)
    else reject(error)
  })
  outgoing.end(sent.body ?? undefined)
  return promise
}

/** Bytes of request line and headers past which Node's parser refuses (its default is 16 kB), with room for its own. */
export const HEAD = 15_000
const CUT = new Set(['ECONNRESET', 'EPIPE'])
const TOO_LONG: Answer = { status: 431, headers: {}, text: '', ms: 0 }

export function headOf({ target, headers }: Sent): number {
  return target.length + headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
}

function flat(headers: Record<string, string[]>): Record<string, string | string[]> {
  const one = Object.entries(headers).map(([name, values]) => [
    name,
    values.length === 1 ? values[0] : values,
  ])
  // Each list has a member.
  return Object.fromEntries(one) as Record<string, string | string[]>
}

const SHOWN = 600

/** The request as a line that can be pasted into a shell, or nearly: what is long is cut. */
export function curlOf(url: string, { method, target, headers, body }: Sent): string {
  const shown = headers.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`)
  const data = body === null ? [] : [`--data-binary ${quote(body.toString('latin1'))}`]
  return ['curl -i', `-X ${method}`, quote(url + target), ...shown, ...data].join(' ')
}

function quote(text: string): string {
  const cut = text.length > SHOWN ? `${text.slice(0, SHOWN)}…(${text.length})` : text
  // oxlint-disable-next-line no-control-regex -- what a terminal would act on is written out
  const visible = cut.replaceAll(/[\0-\x1f\x7f-\uffff]/g, (it) => JSON.stringify(it).slice(1, -1))
  return `'${visible.replaceAll("'", String.raw`'\''`)}'`
}
