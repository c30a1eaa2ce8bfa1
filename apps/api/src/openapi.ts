import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi'
import { z } from 'zod'

import { ACCESS } from './access.ts'
import { API, methodAndPath } from './mount.ts'
import type { Route } from './route.ts'
import { problemSchema } from './schemas.ts'

/** The OpenAPI 3.1 document, made of the same schemas that validate. */
export function openApiDocument(routes: readonly Route[], url: string) {
  const registry = new OpenAPIRegistry()
  const prefix = url.startsWith('https:') ? '__Host-' : ''
  const session = { type: 'apiKey', in: 'cookie', name: `${prefix}consentry.session_token` } as const
  registry.registerComponent('securitySchemes', 'serviceKey', { type: 'http', scheme: 'bearer' })
  registry.registerComponent('securitySchemes', 'session', session)
  for (const route of routes) registry.registerPath(describe(route))
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Consentry',
      version: '1',
      description: 'Keeps Microsoft partner tenants signed in, and hands out access tokens.',
    },
    servers: [{ url: url + API }],
  })
}

function describe(route: Route) {
  const { method, path } = methodAndPath(route)
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  const params = z.object(Object.fromEntries(names.map((name) => [name, z.string()])))
  const body = route.body && { content: { 'application/json': { schema: route.body } } }
  return {
    method,
    path,
    operationId: operationId(method, path),
    summary: route.summary,
    description: whoMayCall(route),
    security: securityOf(route),
    request: {
      params,
      query: route.query,
      ...(route.edits ? { headers: PRECONDITION } : {}),
      ...(body ? { body } : {}),
    },
    responses: { ...answersOf(route), ...(route.edits ? { 412: CHANGED } : {}), default: REFUSAL },
  }
}

const PRECONDITION = z.object({
  'if-match': z
    .string()
    .optional()
    .meta({ description: 'The ETag of what was read and edited; without it, whatever is there is replaced' }),
  'if-none-match': z.string().optional().meta({
    description: 'In the place of If-Match: with `*`, only what is not there yet is written',
  }),
})

const CHANGED = {
  description: 'Somebody changed it meanwhile; nothing was overwritten',
  content: { 'application/problem+json': { schema: problemSchema } },
}

const REFUSAL = {
  description: 'Refused, with the reason and what to do',
  content: { 'application/problem+json': { schema: problemSchema } },
}

function answersOf({ answers }: Route) {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, content }]) => {
      const types = Object.entries(content ?? {}).map(([type, schema]) => [type, { schema }] as const)
      return [status, { description, ...(types.length > 0 ? { content: Object.fromEntries(types) } : {}) }]
    }),
  )
}

/** `GET /connections/{id}/checks` is `getConnectionsByIdChecks`. */
function operationId(method: string, path: string): string {
  const words = path.split(/[/-]/).filter((it) => it !== '')
  return (
    method +
    words.map((it) => capital(it.replace(/^\{(\w+)\}$/, (_, name: string) => `By${capital(name)}`))).join('')
  )
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

function whoMayCall({ operation }: Route): string {
  const { scope, role } = ACCESS[operation]
  const callers = [
    scope && `a service key with the scope ${scope}`,
    role && `a member with at least the role ${role}`,
  ]
  return `For ${callers.filter((it) => it !== null).join(', or ')}.`
}

function securityOf({ operation }: Route) {
  const { scope, role } = ACCESS[operation]
  return [...(scope ? [{ serviceKey: [] }] : []), ...(role ? [{ session: [] }] : [])]
}
