import type { FaultEffect } from '@consentry/microsoft-simulator'
import * as fc from 'fast-check'

import type { Target } from './targets.ts'

/** What Microsoft, or something between here and it, has answered somebody. */
const EFFECTS: readonly FaultEffect[] = [
  { status: 500, body: '<html>Internal Server Error</html>', headers: { 'content-type': 'text/html' } },
  { status: 502, body: '' },
  { status: 200, body: '' },
  { status: 200, body: 'null', headers: { 'content-type': 'application/json' } },
  { status: 200, json: {} },
  { status: 200, json: [] },
  { status: 200, json: { access_token: 7, token_type: null, expires_in: 'soon' } },
  { status: 200, json: { items: 'none', value: { a: 1 }, '@odata.nextLink': 'file:///x' } },
  { status: 200, body: '['.repeat(30_000) + ']'.repeat(30_000) },
  { status: 302, headers: { location: 'http://169.254.169.254/' }, body: '' },
  { status: 400, json: { error: 'invalid_grant', error_description: 'AADSTS700082: gone' } },
  { status: 400, json: { error: { code: 'x'.repeat(3000), message: '<script>' } } },
  { status: 401, body: '' },
  { status: 403, json: { error: null } },
  { status: 404, body: 'nothing' },
  { reset: 'before' },
  { reset: 'body' },
  { truncate: true },
]

const CALLS = ['/token', '/refresh', '/test', '/invoices', 'POST /connections', 'GET /tenants']

/** Those of the targets that ask Microsoft something, each time with another of these answers. */
export function misbehaving(targets: readonly Target[]): Target[] {
  const calling = targets.filter(({ name }) =>
    CALLS.some((it) => name.endsWith(it) || name.startsWith(`${it}/`)),
  )
  return calling.map((target) => ({
    ...target,
    name: `${target.name} while Microsoft misbehaves`,
    plans: fc
      .tuple(target.plans, fc.constantFrom(...EFFECTS), fc.nat(2))
      .map(([plan, then, skip]) => (world) => {
        world.microsoft.control.clearFaults()
        world.microsoft.control.addFault({ on: {}, skip, times: 3, then })
        return plan(world)
      }),
  }))
}
