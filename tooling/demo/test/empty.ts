import { COUNTS, type Shaped } from './opened.ts'

const nothing = (real: Record<string, unknown>) => ({ ...real, items: [], nextCursor: null })
const ROWS: readonly Omit<Shaped, 'name'>[] = [
  {
    on: 'today',
    address: /\/api\/v1\/today$/,
    ready: 'text=Welcome',
    shape: (real) => ({ ...real, needsPerson: [], waiting: [], counts: COUNTS }),
  },
  {
    on: 'members',
    address: /\/api\/v1\/invitations$/,
    ready: 'main:has-text("Ask for a second step"):not(:has-text("kim@demo.example"))',
    shape: nothing,
  },
  {
    on: 'service-keys',
    address: /\/api\/v1\/service-keys$/,
    ready: 'text=No service signs in yet',
    shape: nothing,
  },
  {
    on: 'notifications',
    address: /\/api\/v1\/notifications$/,
    ready: 'text=Nobody is told yet',
    shape: (real) => ({ ...real, channels: [] }),
  },
  { on: 'audit-log', address: /\/api\/v1\/audit\?/, ready: 'text=Nothing matches', shape: nothing },
  {
    on: 'authentication',
    address: /\/api\/v1\/connections\?/,
    ready: 'main:has(form):not(:has(.tenants))',
    shape: (real) => ({ ...nothing(real), counts: {} }),
  },
  {
    on: 'billing',
    address: /\/api\/v1\/connections\?/,
    ready: 'text=No connected tenant yet',
    shape: nothing,
  },
  { on: 'billing-reports', address: /\/billing-reports$/, ready: 'text=No report yet', shape: nothing },
  {
    on: 'billing-report',
    address: /\/billing-reports\/[\w-]+\/lines\?/,
    ready: 'text=No lines',
    shape: (real) => ({ ...nothing(real), total: 0 }),
  },
  {
    on: 'customers',
    address: /\/customer-consents\?/,
    ready: "text=Nothing is granted in any customer's tenant yet",
    shape: nothing,
  },
  {
    on: 'customers',
    query: '?show=all',
    address: /\/customers\?/,
    ready: 'text=Partner Center lists no customers',
    shape: nothing,
  },
  { on: 'tenant', address: /\/checks(\?|$)/, ready: 'text=Nothing has happened yet', shape: nothing },
  {
    on: 'permissions',
    address: /\/api\/v1\/permissions$/,
    ready: 'text=No tenant has signed in yet',
    shape: (real) => ({ ...real, connections: 0, permissions: [], extra: [] }),
  },
]

/**
 * Each page that has a list, before there is anything in it; as everybody sees it first. Where the scene itself holds
 * nothing (return addresses, workloads, passkeys, other sessions) the page below shows it.
 */
export const EMPTY: readonly Shaped[] = ROWS.map((it) => ({ ...it, name: 'empty' }))
