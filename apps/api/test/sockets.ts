import { once } from 'node:events'
import { connect as open, type Socket } from 'node:net'

/** A bare connection to the api. What it hears is collected; errors count as its end. */
export async function connect(
  url: string,
): Promise<{ socket: Socket; heard: () => string; closed: Promise<number> }> {
  const started = performance.now()
  const socket = open(Number(new URL(url).port), '127.0.0.1')
  let words = ''
  socket.on('data', (part) => (words += String(part)))
  socket.on('error', () => undefined)
  const { promise: closed, resolve } = Promise.withResolvers<number>()
  socket.once('close', () => resolve(performance.now() - started))
  await Promise.race([once(socket, 'connect'), closed])
  return { socket, heard: () => words, closed }
}

/** Sends bytes as they are and gives all that comes back until the other side closes. */
export async function tell(url: string, bytes: string | Buffer): Promise<string> {
  const { socket, heard, closed } = await connect(url)
  socket.write(bytes)
  await closed
  return heard()
}
