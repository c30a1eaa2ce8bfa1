import { randomUUID } from 'node:crypto'

import type { Store } from '../src/deps.ts'
import type { SessionRow } from '../src/types.ts'
import { memoryApplications } from './memory/applications.ts'
import { memoryAttempts } from './memory/attempts.ts'
import { memoryAudit } from './memory/audit.ts'
import { memoryConnections } from './memory/connections.ts'
import { memoryCustomerConsents } from './memory/customer-consents.ts'
import { emptyData, insert, type Data, type Person } from './memory/data.ts'
import { memoryDataKeys } from './memory/data-keys.ts'
import { memoryGrants } from './memory/grants.ts'
import { memoryInvitations } from './memory/invitations.ts'
import { memoryNights } from './memory/nights.ts'
import { memoryNotifications } from './memory/notifications.ts'
import { memoryPeople } from './memory/people.ts'
import { memoryReports } from './memory/reports.ts'
import { memorySignIn } from './memory/sign-in.ts'

export type MemoryStore = Store & {
  /** The same tables as another process has them open. Closing a store ends its process. */
  fork(): MemoryStore
  /** Adds a person as the sign-in tables would; `putMember` takes only people who are there. */
  addUser(user: Person): Promise<void>
  /** Adds a session as sign-in would. */
  addSession(session: SessionRow): Promise<void>
}

/**
 * A store for tests: the same promises as a database, kept in memory and lost with it. Rows are copied on the way in
 * and out. Not for production: nothing here survives the process.
 */
export function createMemoryStore(data: Data = emptyData()): MemoryStore {
  const holder = randomUUID()
  data.living.add(holder)
  return {
    ...memoryPeople(data),
    ...memoryConnections(data),
    ...memoryDataKeys(data),
    ...memoryGrants(data, holder),
    ...memoryApplications(data),
    ...memoryAttempts(data, holder),
    ...memoryReports(data, holder),
    ...memoryNights(data),
    ...memoryAudit(data),
    ...memoryInvitations(data),
    ...memorySignIn(data),
    ...memoryNotifications(data),
    ...memoryCustomerConsents(data),
    async addSession(session) {
      insert(data.sessions, session.id, session)
    },
    async addUser(user) {
      insert(data.people, user.id, user)
    },
    fork: () => createMemoryStore(data),
    async ping() {},
    async close() {
      data.living.delete(holder)
    },
  }
}
