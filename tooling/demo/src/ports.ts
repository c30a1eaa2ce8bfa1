import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** The wanted port if nothing on this machine listens there, any free one otherwise. */
export async function freePort(wanted: number): Promise<number> {
  // Not one that the system gives to whoever asks for any: it would give it to somebody else before it is used.
  for (let port = wanted; ; port = randomInt(20_000, 32_000)) {
    // Browsers look for localhost on both; whoever has either would get the demo's visitors.
    if (port !== 0 && (await isFree(port, '::1')) && (await isFree(port, '127.0.0.1'))) return port
  }
}

/** A machine without IPv6 has every port of it free. */
async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
  }
}
