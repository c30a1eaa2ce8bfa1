import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { ExportSource } from '../billing/export.ts'
import { blobNames } from '../graph/manifests.ts'
import { route, type Call, type Route } from '../http.ts'
import { sasProblem } from './sas.ts'

export const blobRoutes: readonly Route[] = [route('blob', 'GET', '/:container/v1/:path+', readBlob)]

/** `GET {rootDirectory}/{blob}?{sas}`: gzip of JSON Lines, made while it is read. */
function readBlob(call: Call): Response {
  const { world, request, query } = call
  const path = decodeURIComponent(call.path).slice(1)
  const directory = path.slice(0, path.lastIndexOf('/'))
  const name = path.slice(path.lastIndexOf('/') + 1)
  // A token beside the SAS has leaked to a storage host; real Azure may fail on it too.
  if (request.headers.has('authorization')) {
    return storageError(
      400,
      'InvalidAuthenticationInfo',
      'Authentication information is not given in the correct format.',
    )
  }
  const operation = [...world.operations.values()].find((one) => one.directory === directory)
  const problem = sasProblem(directory, query, world.now())
  if (problem)
    return storageError(403, 'AuthenticationFailed', `Server failed to authenticate the request. ${problem}`)
  if (!operation || 'code' in operation.result)
    return storageError(404, 'BlobNotFound', 'The specified blob does not exist.')
  call.note.tenantId = operation.tenantId
  const { linesPerBlob } = world.settings
  const index = blobNames(operation, linesPerBlob).indexOf(name)
  if (index < 0) return storageError(404, 'BlobNotFound', 'The specified blob does not exist.')
  const body = compressed(operation.result, index * linesPerBlob, (index + 1) * linesPerBlob)
  const headers = { 'content-type': 'application/octet-stream', etag: `"0x${operation.eTag.toUpperCase()}"` }
  return new Response(body, {
    headers: { ...headers, 'x-ms-blob-type': 'BlockBlob', 'accept-ranges': 'bytes' },
  })
}

const CHUNK = 64 * 1024

/** Gathers lines into chunks: a line at a time would cost more than compressing it. */
function* chunks(source: ExportSource, from: number, to: number): Generator<string> {
  let chunk = ''
  for (const line of source.lines(from, to)) {
    chunk += `${line}\n`
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = ''
  }
  if (chunk) yield chunk
}

function compressed(source: ExportSource, from: number, to: number): ReadableStream<Uint8Array> {
  const gzip = createGzip({ level: 1 })
  Readable.from(chunks(source, from, to)).pipe(gzip)
  return toWebStream(gzip)
}

function storageError(status: number, code: string, message: string): Response {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`
  return new Response(body, {
    status,
    headers: { 'content-type': 'application/xml', 'x-ms-error-code': code },
  })
}

/** Node's own stream as a Web one; the two declarations of ReadableStream differ only in their iterators. */
function toWebStream(stream: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(stream) as ReadableStream<Uint8Array>
}
