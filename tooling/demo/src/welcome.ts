import { demo } from '@consentry/microsoft-simulator'

import type { Stack } from './stack.ts'

/** What somebody who has just started the demo needs to know. */
export function welcome({ url, owner, viewer }: Pick<Stack, 'url' | 'owner' | 'viewer'>): string {
  const { nordwind, cascade, rheintal } = demo.tenants
  return `
Consentry is running. Nothing here is real: Microsoft is a simulator, the database goes when you stop.

  Open      ${url}
  Email     ${owner.email}
  Password  ${owner.password}
            (who may only look: ${viewer.email}, ${viewer.password})

Microsoft IDs to try: enter one under Microsoft CSP Authentication, press Update, choose the account.

  ${nordwind.id}  ${nordwind.name}
      ${nordwind.users.service}   may do all that is needed
  ${cascade.id}  ${cascade.name}
      ${cascade.users.service}         the same, billed in US dollars
  ${rheintal.id}  ${rheintal.name}
      ${rheintal.users.noMfa}   has no second step: see what Consentry says,
      ${rheintal.users.service}  then do it right with this one

Ctrl+C stops everything.`
}
