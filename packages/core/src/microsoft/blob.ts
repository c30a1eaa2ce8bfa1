import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

import type { Deps } from '../deps.ts'
import { ConsentryError, problem } from '../errors.ts'
import { isLoopback } from './clouds.ts'
import type { Manifest } from './graph.ts'
import { MINUTE } from './http.ts'

/** Only the cloud's own blob storage over https is fetched; loopback too when Graph itself is there. */
export function blobUrl(deps: Deps, manifest: Manifest, name: string): string {
  const address = `${manifest.rootDirectory.replace(/\/+$/, '')}/${name.replace(/^\/+/, '')}?${manifest.sasToken.replace(/^\?/, '')}`
  const url = URL.canParse(address) ? new URL(address) : null
  const { cloud, graph: graphUrl } = deps.config.microsoft
  const own = url?.protocol === 'https:' && url.hostname.endsWith(cloud.blobDomain) && url.port === ''
  const local = url !== null && isLoopback(url) && isLoopback(new URL(graphUrl))
  if (!url || url.username || (!own && !local)) throw new ConsentryError('microsoft_answered_badly')
  return address
}

const BLOB_TIMEOUT = 30 * MINUTE

/** The lines of a gzipped JSON Lines blob as they stream in. Rejects when it is refused or breaks off. */
export async function* blobLines(deps: Deps, url: string): AsyncGenerator<string> {
  // The SAS in the address is the whole permission: an Authorization header would hand our token to the blob host.
  const response = await deps.fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(BLOB_TIMEOUT) })
  if (response.status !== 200 || !response.body) {
    throw new ConsentryError(problem('report_failed', {}, { httpStatus: response.status }))
  }
  yield* splitLines(unzip(response.body))
}

/** The bytes unzipped. A client or proxy that undid the gzip on the way (`Content-Encoding`) leaves them as they are. */
async function* unzip(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const bytes = body[Symbol.asyncIterator]()
  const first = await bytes.next()
  if (first.done) return
  async function* all(): AsyncGenerator<Uint8Array> {
    yield first.value
    for (let next = await bytes.next(); !next.done; next = await bytes.next()) yield next.value
  }
  // RFC 1952: a gzip member begins with 1f 8b.
  const zipped = first.value[0] === 0x1f && (first.value.length < 2 || first.value[1] === 0x8b)
  if (!zipped) return yield* all()
  const source = Readable.from(all())
  const unzipped = createGunzip()
  source.on('error', (error) => unzipped.destroy(error)).pipe(unzipped)
  yield* unzipped
}

/** Lines of a byte stream, empty ones left out; a stream that breaks off rejects. */
async function* splitLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield line.trimEnd()
  }
  rest += decoder.decode()
  if (rest.trim() !== '') yield rest.trimEnd()
}
