import { randomUUID } from 'node:crypto'

import type { Deps } from '../deps.ts'
import { field, send, textField, type Answer } from './http.ts'

/** Sends to Microsoft Graph v1.0; `path` begins below it. A body makes it a POST. */
export async function askGraph(
  deps: Pick<Deps, 'fetch' | 'config'>,
  accessToken: string,
  path: string,
  body?: Readonly<Record<string, string>>,
): Promise<Answer> {
  const headers = { authorization: `Bearer ${accessToken}`, 'client-request-id': randomUUID() }
  const url = `${deps.config.microsoft.graph}/v1.0${path}`
  if (!body) return send(deps.fetch, url, { headers })
  return send(deps.fetch, url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

export type Operation =
  | { readonly status: 'running' }
  | { readonly status: 'succeeded'; readonly manifest: Manifest | null; readonly manifestId: string | null }
  | { readonly status: 'failed'; readonly code: string | undefined; readonly message: string | undefined }

/**
 * Reads an export operation (learn.microsoft.com/graph/api/resources/partners-billing-operation); null when the answer
 * is none. A finished one either links to its manifest or carries it.
 */
export function readOperation(answer: Answer): Operation | null {
  const status = textField(answer.json, 'status')?.toLowerCase()
  if (answer.status !== 200 || !status) return null
  if (status === 'notstarted' || status === 'running') return { status: 'running' }
  if (status === 'failed') {
    const error = field(answer.json, 'error')
    return { status: 'failed', code: textField(error, 'code'), message: textField(error, 'message') }
  }
  if (status !== 'succeeded') return null
  const link =
    textField(answer.json, 'resourceLocation@odata.navigationLink') ??
    textField(answer.json, 'resourceLocation')
  return {
    status: 'succeeded',
    manifest: readManifestBody(field(answer.json, 'resourceLocation')),
    manifestId: lastSegment(link),
  }
}

export type Manifest = {
  readonly rootDirectory: string
  readonly sasToken: string
  readonly blobs: readonly string[]
  /** Changes with the data; absent where Microsoft says none. */
  readonly eTag?: string | undefined
}

/** Reads a manifest (learn.microsoft.com/graph/api/resources/partners-billing-manifest); null when it is none. */
export function readManifest(answer: Answer): Manifest | null {
  return answer.status === 200 ? readManifestBody(answer.json) : null
}

function readManifestBody(body: unknown): Manifest | null {
  const rootDirectory = textField(body, 'rootDirectory')
  const sasToken = textField(body, 'sasToken')
  const blobs = field(body, 'blobs')
  if (!rootDirectory || !sasToken || !Array.isArray(blobs)) return null
  const names = blobs.map((blob) => textField(blob, 'name'))
  if (!names.every((name) => name !== undefined)) return null
  return { rootDirectory, sasToken, blobs: names, eTag: textField(body, 'eTag') }
}

/** The id at the end of an address that Microsoft sent. Only the id is used: the host stays the configured one. */
export function lastSegment(link: string | null | undefined): string | null {
  const id = /\/(?:operations|manifests)[/(]'?([\w-]+)'?\)?\/?(?:\?.*)?$/.exec(link ?? '')?.[1]
  return id ?? null
}
