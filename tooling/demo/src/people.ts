import { randomBytes, randomUUID } from 'node:crypto'

import { readConfig, type Env, type Role } from '@consentry/core'
import { openDatabase } from '@consentry/db'
import { createAuth, createPerson } from '@consentry/db/sign-in'

export type Account = { readonly email: string; readonly password: string }
export type People = {
  readonly organisation: { readonly slug: string; readonly name: string }
  readonly owner: Account
  /** May look at everything and change nothing. */
  readonly viewer: Account
}

/** Fills a new database with an organisation, somebody who may do everything, and somebody who may look. */
export async function createPeople(env: Env): Promise<People> {
  const { database: where, secret, url } = readConfig(env)
  const database = await openDatabase(where)
  const auth = createAuth({ database, secret, url })
  const organisation = { id: randomUUID(), slug: 'demo', name: 'Demo Reseller', createdAt: new Date() }
  await database.store.createOrganisation(organisation)

  async function add(role: Role, name: string): Promise<Account> {
    const account = { email: `${role}@demo.example`, password: randomBytes(9).toString('base64url') }
    const userId = await createPerson(auth, { ...account, name })
    const { id: organisationId, createdAt } = organisation
    await database.store.putMember({ id: randomUUID(), organisationId, userId, role, createdAt })
    return account
  }
  const people = {
    organisation,
    owner: await add('owner', 'Olga Owner'),
    viewer: await add('viewer', 'Vic Viewer'),
  }
  await database.close()
  return people
}
