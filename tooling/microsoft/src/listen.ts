import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { HostName, Urls } from './urls.ts'

const hosts: readonly HostName[] = ['login', 'partnerCenter', 'graph', 'blob']

export type ListenOptions = {
  /** Loopback by default. */
  host?: string
  /** First of four consecutive ports; 0, the default, takes any free ones. */
  port?: number
}

export type Listening = { urls: Urls; close(): Promise<void> }
type Serve = (host: HostName, path: string, request: Request) => Promise<Response>

/** Puts the four hosts on four ports. */
export async function listen(serve: Serve, options: ListenOptions = {}): Promise<Listening> {
  const { host = '127.0.0.1', port = 0 } = options
  const servers: Server[] = []
  const urls: Urls = { login: '', partnerCenter: '', graph: '', blob: '' }
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(closeServer))
  }
  try {
    for (const [index, name] of hosts.entries()) {
      const server = createServer((request, response) => {
        void answer(serve, name, urls[name], request, response)
      })
      servers.push(server)
      urls[name] = await start(server, host, port === 0 ? 0 : port + index)
    }
  } catch (error) {
    await close()
    throw error
  }
  return { urls, close }
}

async function start(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  // A TCP server has an AddressInfo; the other forms belong to pipes.
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${name}:${address.port}`
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

async function answer(
  serve: Serve,
  host: HostName,
  base: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const request = await toRequest(base, incoming)
    const response = await serve(host, new URL(request.url).pathname, request)
    outgoing.writeHead(response.status, headerLists(response.headers))
    if (response.body) await pipeline(Readable.fromWeb(nodeStream(response.body)), outgoing)
    else outgoing.end()
  } catch {
    // A wanted reset, a body that breaks off, or a caller who has gone: the connection ends without an answer.
    outgoing.destroy()
  }
}

async function toRequest(base: string, incoming: IncomingMessage): Promise<Request> {
  const { method = 'GET', url = '/' } = incoming
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one)
  }
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk))
  const body = method === 'GET' || method === 'HEAD' ? null : Buffer.concat(chunks)
  return new Request(new URL(url, base), { method, headers, body })
}

function headerLists(headers: Headers): Record<string, string | string[]> {
  const lists: Record<string, string | string[]> = Object.fromEntries(headers)
  const cookies = headers.getSetCookie()
  if (cookies.length > 0) lists['set-cookie'] = cookies
  return lists
}

/** Node's and the Web's declarations of the same stream differ only in their iterators. */
function nodeStream(body: ReadableStream<Uint8Array>): Parameters<typeof Readable.fromWeb>[0] {
  return body as Parameters<typeof Readable.fromWeb>[0]
}
