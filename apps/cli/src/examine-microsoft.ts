import type { Fetch, MicrosoftConfig } from '@consentry/core'

import type { Finding } from './finding.ts'

const PATIENCE = 10_000
// A token is refused when the two clocks differ by more than this (learn.microsoft.com/entra/identity-platform/access-tokens).
const CLOCK_TOLERANCE = 5 * 60_000

/** Whether Microsoft's three hosts answer, and whether its clock and this one agree. Signs in nowhere. */
export async function examineMicrosoft(
  microsoft: Pick<MicrosoftConfig, 'login' | 'partnerCenter' | 'graph'>,
  { fetch, now }: { readonly fetch: Fetch; readonly now: () => Date },
): Promise<Finding[]> {
  const { login, partnerCenter, graph } = microsoft
  const [signIn, ...others] = await Promise.all([
    visit(fetch, now, 'Microsoft sign-in', `${login}/common/v2.0/.well-known/openid-configuration`),
    visit(fetch, now, 'Partner Center', `${partnerCenter}/v1/profiles/organization`),
    visit(fetch, now, 'Microsoft Graph', `${graph}/v1.0/me`),
  ])
  return [clock(signIn), ...[signIn, ...others].map((it) => it.finding)]
}

type Visit = { readonly finding: Finding; readonly skew: number | null }

/** Any answer below 500 is one of the host's own: without a token it refuses, and that is enough. */
async function visit(fetch: Fetch, now: () => Date, name: string, address: string): Promise<Visit> {
  const { host } = new URL(address)
  try {
    const response = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) })
    await response.body?.cancel()
    const date = Date.parse(response.headers.get('date') ?? '')
    const skew = Number.isNaN(date) ? null : now().getTime() - date
    const ok = response.status < 500
    const detail = ok
      ? `${host} answers.`
      : `${host} answers ${response.status}. Look at Microsoft's service health, then try again.`
    return { finding: { name, ok, detail }, skew }
  } catch {
    const detail = `${host} cannot be reached. Let this machine reach it by https (firewall, proxy, DNS).`
    return { finding: { name, ok: false, detail }, skew: null }
  }
}

function clock({ skew }: Visit): Finding {
  const name = 'clock'
  if (skew === null)
    return { name, ok: false, detail: "Not compared: Microsoft's sign-in did not tell the time." }
  const seconds = Math.round(Math.abs(skew) / 1000)
  const ok = Math.abs(skew) <= CLOCK_TOLERANCE
  const detail = `${seconds} seconds ${skew < 0 ? 'behind' : 'ahead of'} Microsoft's.`
  return {
    name,
    ok,
    detail: ok ? detail : `${detail} Set this machine's clock, and let it follow a time server.`,
  }
}
