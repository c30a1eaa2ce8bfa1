import { TESTER } from '@consentry/core/testing'
import {
  addConnection,
  createConsentLink,
  finishConsent,
  randomToken,
  readConfig,
  readKeyRing,
  startConsent,
  type ConnectionRow,
  type Deps,
  type Store,
} from '@consentry/core'
import { createMicrosoft, demo, type Microsoft } from '@consentry/microsoft-simulator'

/** A Microsoft without a port, and what use cases need on this store. */
export function openTenants(store: Store, organisationId: string) {
  const microsoft = createMicrosoft()
  const config = readConfig({
    CONSENTRY_SECRET: 'a secret for tests, long enough',
    MICROSOFT_CLIENT_ID: demo.app.clientId,
    MICROSOFT_CLIENT_SECRETS: demo.app.clientSecret,
  })
  return {
    microsoft,
    withRing: (ring: string): Deps => ({
      ...{ store, config, fetch: microsoft.fetch, now: () => new Date() },
      keys: readKeyRing({ CONSENTRY_KEYS: ring }),
    }),
    /** So many tenants that have consented. */
    async connect(deps: Deps, count: number): Promise<ConnectionRow[]> {
      const rows: ConnectionRow[] = []
      for (const tenant of microsoft.control.addPartnerTenants(count))
        rows.push(await connect(deps, microsoft, organisationId, tenant))
      return rows
    },
  }
}

export async function rowOf({ store }: Pick<Deps, 'store'>, id: string): Promise<ConnectionRow> {
  const row = await store.getConnection(id)
  if (!row) throw new Error('The connection is gone.')
  return row
}

type Tenant = ReturnType<Microsoft['control']['addPartnerTenants']>[number]

async function connect(deps: Deps, microsoft: Microsoft, organisationId: string, tenant: Tenant) {
  const { row } = await addConnection(deps, { organisationId, microsoftId: tenant.id }, TESTER)
  const { url } = await createConsentLink(deps, row, TESTER)
  const browser = randomToken()
  const { location } = await startConsent(deps, url.split('/').at(-1) ?? '', { browser, member: TESTER })
  const back = await microsoft.signIn(location, { user: `svc-csp@${tenant.domains[0]}` })
  const answer = Object.fromEntries(new URL(back.location ?? '').searchParams)
  const { done } = await finishConsent(deps, answer, browser)
  const { status, problem } = await done
  if (status !== 'succeeded') throw new Error(`The consent ended ${status}: ${problem?.code}`)
  return rowOf(deps, row.id)
}
