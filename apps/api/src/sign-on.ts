import { admit, findProvider, isAllowedIssuer, type Deps } from '@consentry/core'
import type { SingleSignOn } from '@consentry/db/sign-in'

import type { Log } from './log.ts'

type Needs = Pick<Deps, 'store' | 'keys' | 'now' | 'config' | 'fetch'>

/** What sign-in needs for the providers of organisations. It sends requests to allowed hosts only, and follows no redirect. */
export function signOnOf(deps: Needs, log: Pick<Log, 'warn'>): SingleSignOn {
  return {
    find: (organisation) => findProvider(deps, organisation),
    admit: (accounts, provider, vouched) => admit(deps, accounts, provider, vouched),
    isAllowed: (address) => isAllowedIssuer(deps.config, address),
    async fetch(address, options) {
      if (!isAllowedIssuer(deps.config, address))
        throw new TypeError('The provider names a host that is not allowed')
      return deps.fetch(address, { ...options, redirect: 'manual' } as RequestInit)
    },
    report: (error) => log.warn({ err: error }, 'single sign-on failed'),
  }
}
