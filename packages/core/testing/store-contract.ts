import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { applicationContract } from './contract/applications.ts'
import { attemptContract } from './contract/attempts.ts'
import { auditContract } from './contract/audit.ts'
import { connectionContract } from './contract/connections.ts'
import { customerConsentContract } from './contract/customer-consents.ts'
import { dataKeyContract } from './contract/data-keys.ts'
import { editingContract } from './contract/editing.ts'
import { grantContract } from './contract/grants.ts'
import { invitationContract } from './contract/invitations.ts'
import { notificationContract } from './contract/notifications.ts'
import { singleSignOnContract } from './contract/single-sign-on.ts'
import { leaseContract } from './contract/leases.ts'
import { listContract } from './contract/list.ts'
import { surroundingContract } from './contract/surroundings.ts'
import { nightContract } from './contract/nights.ts'
import type { Opened } from './contract/opened.ts'
import { peopleContract } from './contract/people.ts'
import { reportContract } from './contract/reports.ts'
import { rotationContract } from './contract/rotation.ts'

/**
 * What every `Store` must do, as a vitest suite. `open` gives a store without rows; it is called before each test and
 * `close` after it. `addUser` adds a person to the sign-in tables, which the port leaves to others.
 */
export function storeContract(name: string, open: () => Promise<Opened>): void {
  describe(`${name} keeps the promises of a store`, () => {
    let opened: Opened | undefined

    beforeEach(async () => {
      opened = await open()
    })

    afterEach(async () => {
      await opened?.close()
    })

    const current = () => {
      if (!opened) throw new Error('The store is open only while a test runs')
      return opened
    }

    it('answers when asked whether it can be used', async () => {
      await expect(current().store.ping()).resolves.toBeUndefined()
    })

    peopleContract(current)
    connectionContract(current)
    listContract(current)
    dataKeyContract(current)
    grantContract(current)
    leaseContract(current)
    rotationContract(current)
    applicationContract(current)
    attemptContract(current)
    reportContract(current)
    nightContract(current)
    surroundingContract(current)
    auditContract(current)
    invitationContract(current)
    singleSignOnContract(current)
    notificationContract(current)
    editingContract(current)
    customerConsentContract(current)
  })
}
