import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Running } from './context.ts'

const SECOND = 1000
/** How long whatever runs may go on after the signal to stop. */
const GRACE = 8 * SECOND
const SWEEP_EVERY = SECOND / 20

export type Server = {
  readonly port: number
  /** Stops accepting, lets requests and consents under way finish, and gives up on them after the grace time. */
  close(): Promise<void>
}

/** Listens. Slow senders are cut off: headers within 15 s, the whole request within 30 s. */
export async function listen(
  app: RequestListener,
  at: { host: string; port: number },
  running: Running,
  grace = GRACE,
): Promise<Server> {
  const server = createServer(
    {
      headersTimeout: 15 * SECOND,
      requestTimeout: 30 * SECOND,
      // Longer than common load balancers keep theirs, so that they never send into a connection being closed.
      keepAliveTimeout: 65 * SECOND,
      connectionsCheckingInterval: 5 * SECOND,
    },
    app,
  )
  // Node would answer any other expectation than 100-continue with a 417 of its own; RFC 9110 10.1.1 lets it be ignored.
  server.on('checkExpectation', app)
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
      await Promise.race([finished, sleep(grace, undefined, { ref: false })])
      clearInterval(sweep)
      server.closeAllConnections()
    },
  }
}
