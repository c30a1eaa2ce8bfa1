import { record, type Deps } from '@consentry/core'
import type { PersonEvent } from '@consentry/db/sign-in'

/** Writes what somebody did with their account into the log of every organisation they belong to. Throws `not_recorded`. */
export async function tellOfPerson(
  deps: Pick<Deps, 'store' | 'keys' | 'now'>,
  { action, person, method, organisationId: within }: PersonEvent,
): Promise<void> {
  const memberships = await deps.store.listMemberships(person.id)
  const all = memberships.length > 0 ? memberships.map((it) => it.organisationId) : [null]
  const organisations = within === undefined ? all : [within]
  const actor = { kind: 'person', id: person.id, name: person.name, email: person.email } as const
  const details = method ? { method } : {}
  await record(deps, ...organisations.map((organisationId) => ({ organisationId, actor, action, details })))
}
