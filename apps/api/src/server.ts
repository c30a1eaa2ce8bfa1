import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Running } from './context.ts'

const SECOND = 1000
const KILOBYTE = 1024
const SWEEP_EVERY = SECOND / 20

/** Milliseconds, bytes and counts that keep one caller from taking what all need. */
export type ServerLimits = {
  /** How long whatever runs may go on after the signal to stop. */
  readonly grace: number
  /** From the connection's opening, or the last answer, to the end of the headers. */
  readonly headers: number
  /** To the end of the body. */
  readonly request: number
  /** Without a byte in either direction; event streams send one every 15 s, and the slowest check ends before. */
  readonly silence: number
  /** Longer than common load balancers keep theirs, so that they never send into a connection being closed. */
  readonly keepAlive: number
  /** Between two looks at who is too slow. */
  readonly check: number
  /** Bytes of the request line and all headers. */
  readonly head: number
  /** Requests after which a connection is closed, so that balancers spread anew. */
  readonly requestsPerConnection: number
  /** Connections at once: each costs some 20 kB. More are closed at once, which a balancer answers elsewhere. */
  readonly connections: number
}

export const SERVER_LIMITS: ServerLimits = {
  grace: 8 * SECOND,
  headers: 15 * SECOND,
  request: 30 * SECOND,
  silence: 300 * SECOND,
  keepAlive: 65 * SECOND,
  check: 5 * SECOND,
  head: 16 * KILOBYTE,
  requestsPerConnection: 10_000,
  connections: 4_000,
}

export type Server = {
  readonly port: number
  /** Stops accepting, lets requests and consents under way finish, and gives up on them after the grace time. */
  close(): Promise<void>
}

/** Listens. Slow senders and readers are cut off. */
export async function listen(
  app: RequestListener,
  at: { host: string; port: number },
  running: Running,
  changed: Partial<ServerLimits> = {},
): Promise<Server> {
  const limits = { ...SERVER_LIMITS, ...changed }
  const server = createLimited(app, limits)
  server.listen(at.port, at.host)
  await once(server, 'listening')
  // A TCP server's address is never a pipe name.
  const { port } = server.address() as AddressInfo
  return {
    port,
    async close() {
      running.stop()
      // Node closes what is idle now; a connection whose answer ends later would be kept open for its next request.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY)
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const finished = closed.then(() => running.settled())
      await Promise.race([finished, sleep(limits.grace, undefined, { ref: false })])
      clearInterval(sweep)
      server.closeAllConnections()
    },
  }
}

function createLimited(app: RequestListener, limits: ServerLimits) {
  const options = {
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    keepAliveTimeout: limits.keepAlive,
    connectionsCheckingInterval: limits.check,
    maxHeaderSize: limits.head,
  }
  const server = createServer(options, app)
  server.timeout = limits.silence
  server.maxConnections = limits.connections
  server.maxRequestsPerSocket = limits.requestsPerConnection
  // Node drops headers past its own count without a word, a proxy's among them; the app counts, and refuses.
  server.maxHeadersCount = 0
  // It would answer any other expectation than 100-continue with a 417 of its own; RFC 9110 10.1.1 lets it be ignored.
  server.on('checkExpectation', app)
  return server
}
