import { randomUUID } from 'node:crypto'
import { guidFrom } from '../random.ts'
import { wholeSeconds } from '../billing/months.ts'
import type { ExportSource } from '../billing/export.ts'
import type { Caller } from '../bearer.ts'
import { json, type Call } from '../http.ts'
import { denied, hasBillingPrivilege, notFound } from './guard.ts'
import { manifestBody } from './manifests.ts'

/** One export on its way: asked for by POST, looked at by GET until it is done. */
export type Operation = {
  id: string
  tenantId: string
  manifestId: string
  /** Folder of its blobs below the storage account. */
  directory: string
  eTag: string
  created: Date
  polls: number
  /** The rows, or what the `failed` answer says. */
  result: ExportSource | { message: string; code: string }
}

export function startOperation(
  call: Call,
  caller: Caller,
  input: { container: string; label: string; result: Operation['result'] },
): Response {
  const { world } = call
  const id = randomUUID()
  const operation: Operation = {
    id,
    tenantId: caller.tenant.id,
    manifestId: randomUUID(),
    directory: `${input.container}/v1/PartnerTenantId=${caller.tenant.id}/${input.label}/Operation=${id}`,
    eTag: dataVersion(caller.tenant.id, input),
    created: world.now(),
    polls: 0,
    result: input.result,
  }
  world.operations.set(id, operation)
  const { exportRetryAfter } = world.settings
  const location = `${world.urls.graph}/v1.0/reports/partners/billing/operations/${id}`
  const retry = exportRetryAfter === null ? {} : { 'retry-after': String(exportRetryAfter) }
  return new Response(null, { status: 202, headers: { location, ...retry } })
}

/** "Any change in eTag indicates a new data version": the same data have the same one, export after export. */
function dataVersion(
  tenantId: string,
  { container, label, result }: Parameters<typeof startOperation>[2],
): string {
  const rows = 'code' in result ? result.code : result.count
  return guidFrom(`data ${tenantId} ${container} ${label} ${rows}`).replaceAll('-', '').slice(0, 16)
}

/** `GET …/operations/{id}`: always 200; where it stands is in `status`. */
export function operationStatus(call: Call, caller: Caller): Response {
  const { world, params } = call
  const operation = world.operations.get(params['id'] ?? '')
  if (!operation || operation.tenantId !== caller.tenant.id) return notFound(call)
  if (!hasBillingPrivilege(caller)) return denied(call)
  operation.polls += 1
  const { exportNotStartedPolls, exportRunningPolls, exportRetryAfter } = world.settings
  const retry = exportRetryAfter === null ? {} : { 'retry-after': String(exportRetryAfter) }
  if (operation.polls <= exportNotStartedPolls)
    return answer(call, operation, 'runningOperation', { status: 'notStarted' }, retry)
  if (operation.polls <= exportNotStartedPolls + exportRunningPolls) {
    return answer(call, operation, 'runningOperation', { status: 'running' }, retry)
  }
  if ('code' in operation.result) {
    return answer(call, operation, 'failedOperation', { status: 'failed', error: operation.result })
  }
  return answer(call, operation, 'exportSuccessOperation', {
    status: 'succeeded',
    ...resourceLocation(call, operation),
  })
}

/** Microsoft's page shows a link; its own sample reads the manifest inline. Both exist. */
function resourceLocation(call: Call, operation: Operation): Record<string, unknown> {
  const { world } = call
  if (world.settings.manifestVariant === 'inline') return { resourceLocation: manifestBody(call, operation) }
  const link = `${world.urls.graph}/v1.0/reports/partners/billing/manifests/${operation.manifestId}`
  return { 'resourceLocation@odata.navigationLink': link }
}

function answer(
  call: Call,
  operation: Operation,
  type: string,
  fields: Record<string, unknown>,
  headers: Record<string, string> = {},
): Response {
  const body = {
    '@odata.context':
      'https://graph.microsoft.com/v1.0/$metadata#reports/partners/billing/operations/$entity',
    '@odata.type': `#microsoft.graph.partners.billing.${type}`,
    id: operation.id,
    createdDateTime: wholeSeconds(operation.created),
    lastActionDateTime: wholeSeconds(call.world.now()),
    ...fields,
  }
  return json(200, body, headers)
}
