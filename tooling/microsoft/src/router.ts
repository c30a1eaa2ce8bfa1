import { blobRoutes } from './blob/routes.ts'
import { breakBody, ConnectionReset, faultAnswer, halve, takeFault, type FaultEffect } from './faults.ts'
import { graphRoutes } from './graph/routes.ts'
import { formFields, json, matchRoute, type Call, type Handler, type Route } from './http.ts'
import { loginRoutes } from './login/routes.ts'
import { findTenant } from './login/tenants.ts'
import { partnerCenterRoutes } from './partner-center/routes.ts'
import { logRequest, loggedHeaders } from './requests.ts'
import { readJwt } from './jwt.ts'
import type { HostName } from './urls.ts'
import type { World } from './world.ts'

const routes: Record<HostName, readonly Route[]> = {
  login: loginRoutes,
  partnerCenter: partnerCenterRoutes,
  graph: graphRoutes,
  blob: blobRoutes,
}

/** Answers one request to one host. Throws `ConnectionReset` where the connection is to be cut. */
export async function handle(
  world: World,
  host: HostName,
  path: string,
  request: Request,
): Promise<Response> {
  const match = matchRoute(routes[host], request.method, path)
  const name = match?.route.name ?? 'unknown'
  const call: Call = {
    world,
    request,
    host,
    path,
    query: new URL(request.url).searchParams,
    params: match?.params ?? {},
    note: {},
  }
  const at = world.now()
  let status = 0
  try {
    await noteTenant(call)
    const response = await runWithFaults(call, name, match?.route.handler ?? notFound)
    status = response.status
    return response
  } finally {
    const { method, headers } = request
    const record = {
      at,
      host,
      method,
      path,
      route: name,
      status,
      headers: loggedHeaders(headers),
      ...call.note,
    }
    logRequest(world.requests, record, world.settings.requestLogLimit)
  }
}

async function runWithFaults(call: Call, name: string, handler: Handler): Promise<Response> {
  const effect = takeFault(call.world, call, name)
  if (!effect) return handler(call)
  if (effect.delayMs) await call.world.sleep(effect.delayMs)
  if (effect.reset === 'before') throw new ConnectionReset()
  if (effect.aadsts) call.forcedAadsts = effect.aadsts
  if (effect.mutate) call.mutation = effect.mutate
  const response = faultAnswer(call, effect) ?? (await handler(call))
  return finish(effect, response)
}

function finish(effect: FaultEffect, response: Response): Response | Promise<Response> {
  if (effect.reset === 'after') throw new ConnectionReset()
  if (effect.reset === 'body') return breakBody(response)
  return effect.truncate ? halve(response) : response
}

/** Faults and log want the tenant before the route runs: from the URL, or from the token without judging it. */
async function noteTenant(call: Call): Promise<void> {
  const { world, params, request, note } = call
  const fromUrl = params['tenant'] ? findTenant(world, params['tenant']) : undefined
  if (fromUrl) note.tenantId = fromUrl.id
  if (call.host === 'login' && request.method === 'POST' && world.faults.some(({ on }) => on.grantType)) {
    const grantType = (await formFields(request.clone()))?.get('grant_type')
    if (grantType) note.grantType = grantType
  }
  if (call.host === 'partnerCenter' || call.host === 'graph') {
    const tid = readJwt(request.headers.get('authorization')?.slice(7) ?? '', world.keys)?.['tid']
    if (typeof tid === 'string') note.tenantId = tid
  }
}

function notFound(call: Call): Response {
  return json(404, {
    error: { code: 'NotFound', message: `There is no ${call.request.method} ${call.path} here.` },
  })
}
