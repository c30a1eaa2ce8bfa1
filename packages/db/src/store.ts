import type { Store } from '@consentry/core'

import { withSafeErrors } from './errors.ts'
import { applicationStore } from './store/applications.ts'
import { attemptStore } from './store/attempts.ts'
import { auditStore } from './store/audit.ts'
import { connectionStore } from './store/connections.ts'
import { customerConsentStore } from './store/customer-consents.ts'
import { dataKeyStore } from './store/data-keys.ts'
import { grantStore } from './store/grants.ts'
import type { Handle } from './store/handle.ts'
import { invitationStore } from './store/invitations.ts'
import { type HeldLeases, leaseStore } from './store/leases.ts'
import { nightStore } from './store/nights.ts'
import { notificationStore } from './store/notifications.ts'
import { peopleStore } from './store/people.ts'
import { reportStore } from './store/reports.ts'
import { sessionStore } from './store/sessions.ts'
import { singleSignOnStore } from './store/single-sign-on.ts'
import { surroundingStore } from './store/surroundings.ts'

/** The store over a database of either dialect: its statements are written once. */
export function createStore(handle: Handle, close: () => Promise<void>): Store {
  const held: HeldLeases = new Map()
  return withSafeErrors({
    ...peopleStore(handle),
    ...connectionStore(handle),
    ...dataKeyStore(handle),
    ...leaseStore(handle, held),
    ...grantStore(handle, held),
    ...applicationStore(handle),
    ...attemptStore(handle),
    ...reportStore(handle),
    ...nightStore(handle),
    ...auditStore(handle),
    ...sessionStore(handle),
    ...surroundingStore(handle),
    ...singleSignOnStore(handle),
    ...notificationStore(handle),
    ...invitationStore(handle),
    ...customerConsentStore(handle),
    async ping() {
      const { connections } = handle.tables
      await handle.db.select({ id: connections.id }).from(connections).limit(1)
    },
    close,
  })
}
