import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

/** The wanted port if nothing on this machine listens there, any free one otherwise. */
export async function freePort(wanted: number): Promise<number> {
  // Browsers look for localhost on both; whoever has either would get the demo's visitors.
  const free = (await tryPort(wanted, '::1')) && (await tryPort(wanted, '127.0.0.1'))
  return free || (await tryPort(0, '127.0.0.1'))
}

/** The port, or 0 when it is taken. A machine without IPv6 has every port of it free. */
async function tryPort(port: number, host: string): Promise<number> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    // A TCP server's address is never a pipe name.
    const found = (server.address() as AddressInfo).port
    server.close()
    await once(server, 'close')
    return found
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    return taken ? 0 : port
  }
}
