import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Issuer = { readonly address: string; close(): Promise<void> }

/** An identity provider that describes itself and does nothing else. */
export async function openIssuer(): Promise<Issuer> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ issuer: address, jwks_uri: `${address}/keys`, keys: [] }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server's address is never a pipe name.
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    address,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}
