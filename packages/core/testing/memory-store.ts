import type { Store } from '../src/deps.ts'
import { memoryAttempts } from './memory/attempts.ts'
import { memoryConnections } from './memory/connections.ts'
import { emptyData, insert, type Person } from './memory/data.ts'
import { memoryGrants } from './memory/grants.ts'
import { memoryPeople } from './memory/people.ts'
import { memoryReports } from './memory/reports.ts'

export type MemoryStore = Store & {
  /** Adds a person as the sign-in tables would; `putMember` takes only people who are there. */
  addUser(user: Person): Promise<void>
}

/**
 * A store for tests: the same promises as a database, kept in memory and lost with it. Rows are copied on the way in
 * and out. Not for production: nothing here survives the process.
 */
export function createMemoryStore(): MemoryStore {
  const data = emptyData()
  return {
    ...memoryPeople(data),
    ...memoryConnections(data),
    ...memoryGrants(data),
    ...memoryAttempts(data),
    ...memoryReports(data),
    async addUser(user) {
      insert(data.people, user.id, user)
    },
    async ping() {},
    async close() {},
  }
}
