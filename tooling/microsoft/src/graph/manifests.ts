import { sasToken } from '../blob/sas.ts'
import { wholeSeconds } from '../billing/months.ts'
import type { Caller } from '../bearer.ts'
import { json, type Call } from '../http.ts'
import { guidFrom } from '../random.ts'
import { denied, hasBillingPrivilege, notFound } from './guard.ts'
import type { Operation } from './operations.ts'

/** `GET …/manifests/{id}`: where the blobs are and the signature that opens them. */
export function manifest(call: Call, caller: Caller): Response {
  const { world, params } = call
  const operation = [...world.operations.values()].find((one) => one.manifestId === params['id'])
  if (!operation || operation.tenantId !== caller.tenant.id || 'code' in operation.result)
    return notFound(call)
  if (!hasBillingPrivilege(caller)) return denied(call)
  const context = 'https://graph.microsoft.com/v1.0/$metadata#reports/partners/billing/manifests/$entity'
  return json(200, { '@odata.context': context, ...manifestBody(call, operation) })
}

export function manifestBody({ world }: Call, operation: Operation): Record<string, unknown> {
  const names = blobNames(operation, world.settings.linesPerBlob)
  return {
    id: operation.manifestId,
    schemaVersion: '1',
    dataFormat: world.settings.manifestDataFormat,
    createdDateTime: wholeSeconds(operation.created),
    eTag: operation.eTag,
    partnerTenantId: operation.tenantId,
    rootDirectory: `${world.urls.blob}/${operation.directory}`,
    sasToken: sasToken(operation.directory, world.now(), world.settings.sasSeconds),
    partitionType: 'Default',
    blobCount: names.length,
    blobs: names.map((name) => ({ name, partitionValue: 'default' })),
  }
}

/** Names of an export's blobs in order; even an empty export has one. */
export function blobNames(operation: Operation, linesPerBlob: number): string[] {
  if ('code' in operation.result) return []
  const count = Math.max(1, Math.ceil(operation.result.count / linesPerBlob))
  return Array.from({ length: count }, (_, index) => {
    const part = String(index).padStart(5, '0')
    return `part-${part}-${guidFrom(`${operation.id} ${index}`)}.c000.json.gz`
  })
}
