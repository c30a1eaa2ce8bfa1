import { setTimeout as sleep } from 'node:timers/promises'

import type { Deps } from './deps.ts'
import { DAY } from './forecast.ts'
import { currentCertificate, type ClientCredential } from './microsoft/credentials.ts'
import { redeem } from './microsoft/entra.ts'
import { askGraph } from './microsoft/graph.ts'
import { field, MINUTE, SECOND, textField } from './microsoft/http.ts'

/** What of the deployment's application runs out. The console has words for each. */
export const APPLICATION_ENDS = ['secret', 'certificate'] as const

/** When the last credential of the deployment's application runs out that can be seen to. */
export type ApplicationEnd = { readonly kind: (typeof APPLICATION_ENDS)[number]; readonly at: Date }

type Asking = Pick<Deps, 'fetch' | 'now' | 'config'>
type Secret = Extract<ClientCredential, { kind: 'secret' }>

/** An operator is told so long before it. */
export const APPLICATION_WARNING = 14 * DAY

/**
 * When the application stops: the latest of the ends that are known, from the certificate itself and, for secrets, from
 * Microsoft where it may be asked. Null when none is known, and where a token of the platform never runs out.
 */
export async function applicationEnd(deps: Asking): Promise<ApplicationEnd | null> {
  const { credentials } = deps.config.microsoft
  if (credentials.some((it) => it.kind === 'token-file' || it.kind === 'managed-identity')) return null
  const certificates = credentials
    .filter((it) => it.kind === 'certificate')
    .map((it): ApplicationEnd => ({ kind: 'certificate', at: currentCertificate(it).expiresAt }))
  const ends = [...certificates, ...(await secretEnds(deps))]
  return ends.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0] ?? null
}

type Known = { readonly ends: readonly ApplicationEnd[]; readonly until: Date }
const known = new WeakMap<readonly ClientCredential[], Known>()
const ASKED_EVERY = 6 * 60 * MINUTE
const ASKED_AGAIN = 10 * MINUTE
const PATIENCE = 3 * SECOND

async function secretEnds(deps: Asking): Promise<readonly ApplicationEnd[]> {
  const { credentials, applicationTenant } = deps.config.microsoft
  const secrets = credentials.filter((it) => it.kind === 'secret')
  if (!applicationTenant || secrets.length === 0) return []
  const before = known.get(credentials)
  if (before && before.until > deps.now()) return before.ends
  const ends = before?.ends ?? []
  // Nobody else asks meanwhile, and nobody waits long: what was known does until then.
  keep(deps, ends, ASKED_AGAIN)
  const asking = askForEnds(deps, applicationTenant, secrets).then((found) => {
    if (found) keep(deps, found, ASKED_EVERY)
    return found ?? ends
  })
  const waited = new AbortController()
  const late = sleep(PATIENCE, ends, { signal: waited.signal }).catch(() => ends)
  return Promise.race([asking, late]).finally(() => waited.abort())
}

function keep({ config, now }: Asking, ends: readonly ApplicationEnd[], ms: number): void {
  known.set(config.microsoft.credentials, { ends, until: new Date(now().getTime() + ms) })
}

/**
 * learn.microsoft.com/graph/api/application-get, which an application without Application.Read.All may not: then, and
 * while Microsoft is down, nothing is known.
 */
async function askForEnds(
  deps: Asking,
  tenantId: string,
  secrets: readonly Secret[],
): Promise<ApplicationEnd[] | null> {
  const { clientId, cloud } = deps.config.microsoft
  const answer = await redeem(deps, { grant: 'client', tenantId, scopes: [`${cloud.graph}/.default`] })
  if ('refused' in answer) return null
  const path = `/applications(appId='${clientId}')?$select=passwordCredentials`
  const application = await askGraph(deps, answer.tokens.accessToken, path)
  const listed = field(application.json, 'passwordCredentials')
  if (application.status !== 200 || !Array.isArray(listed)) return null
  return listed.flatMap((entry): ApplicationEnd[] => {
    const hint = textField(entry, 'hint')
    const at = new Date(textField(entry, 'endDateTime') ?? '')
    const ours = hint !== undefined && secrets.some(({ secret }) => secret.startsWith(hint))
    return ours && !Number.isNaN(at.getTime()) ? [{ kind: 'secret', at }] : []
  })
}
