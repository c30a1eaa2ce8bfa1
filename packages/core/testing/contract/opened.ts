import { randomUUID } from 'node:crypto'

import type { Store } from '../../src/deps.ts'
import type { ConnectionRow, Organisation } from '../../src/types.ts'
import { connectionRow, MONDAY, organisationRow } from '../rows.ts'

/** An open store without rows, and what its port leaves to sign-in: adding a person. */
export type Opened = {
  readonly store: Store
  /** The same rows as another process has them open; closing it ends that process. */
  another(): Promise<Store>
  close(): Promise<void>
  addUser(user: { id: string; email: string; name: string }): Promise<void>
}

/** The store of the running test. */
export type Current = () => Opened

export async function givenOrganisation(store: Store, slug?: string): Promise<Organisation> {
  const row = organisationRow(slug === undefined ? {} : { slug })
  await store.createOrganisation(row)
  return row
}

/** A connection in an organisation of its own, unless `given` names one. */
export async function givenConnection(
  store: Store,
  given: Partial<ConnectionRow> = {},
): Promise<ConnectionRow> {
  const organisationId = given.organisationId ?? (await givenOrganisation(store)).id
  const { row } = await store.createConnection(connectionRow({ ...given, organisationId }))
  return row
}

export async function givenPerson({ addUser }: Opened, name: string): Promise<string> {
  const id = randomUUID()
  await addUser({ id, name, email: `${name.toLowerCase()}@example.com` })
  return id
}

export function minutesLater(minutes: number): Date {
  return new Date(MONDAY.getTime() + minutes * 60_000)
}

/** Runs it so many times at the same time, on connections that are already open: else they would come one by one. */
export async function atOnce<T>(store: Store, times: number, run: (n: number) => Promise<T>): Promise<T[]> {
  const numbers = Array.from({ length: times }, (_, n) => n)
  await Promise.all(numbers.map(() => store.ping()))
  return Promise.all(numbers.map(run))
}
