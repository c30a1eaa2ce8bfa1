import { randomUUID } from 'node:crypto'

import { record, type Recording } from './audit.ts'
import type { Actor } from './audit-entry.ts'
import type { Unchanged } from './deps.ts'
import { ConsentryError } from './errors.ts'
import type { Organisation } from './types.ts'

/** Makes an organisation; null when the slug is taken. */
export async function createOrganisation(
  deps: Recording,
  wish: Pick<Organisation, 'slug' | 'name'>,
  by: Actor,
): Promise<Organisation | null> {
  const row: Organisation = { id: randomUUID(), ...wish, createdAt: deps.now() }
  if (await deps.store.findOrganisation(row.slug)) return null
  await record(deps, act(row.id, by, 'organisation.created', { slug: row.slug, name: row.name }))
  return (await deps.store.createOrganisation(row)) === 'created' ? row : null
}

/**
 * Refuses whoever comes in without a second step from now on, or lets them in again. Throws `changed_meanwhile`,
 * `not_recorded`.
 */
export async function requireSecondStep(
  deps: Recording,
  organisationId: string,
  required: boolean,
  by: Actor,
  unchanged?: Unchanged<boolean>,
): Promise<void> {
  if (unchanged?.(await deps.store.isSecondStepRequired(organisationId)) === false)
    throw new ConsentryError('changed_meanwhile')
  await record(deps, act(organisationId, by, 'organisation.changed', { secondStepRequired: required }))
  if (!(await deps.store.setSecondStepRequired(organisationId, required, unchanged)))
    throw new ConsentryError('changed_meanwhile')
}

/** Replaces the origins that a `returnUrl` may name; gives them as they are now. Throws `changed_meanwhile`. */
export async function putReturnOrigins(
  deps: Recording,
  organisationId: string,
  origins: readonly string[],
  by: Actor,
  unchanged?: Unchanged<readonly string[]>,
): Promise<string[]> {
  if (unchanged?.(await deps.store.listReturnOrigins(organisationId)) === false)
    throw new ConsentryError('changed_meanwhile')
  await record(deps, act(organisationId, by, 'return_origins.changed', { origins: [...new Set(origins)] }))
  if (!(await deps.store.putReturnOrigins(organisationId, [...new Set(origins)], unchanged)))
    throw new ConsentryError('changed_meanwhile')
  return deps.store.listReturnOrigins(organisationId)
}

function act(
  organisationId: string,
  actor: Actor,
  action: 'organisation.created' | 'organisation.changed' | 'return_origins.changed',
  details: Readonly<Record<string, string | boolean | readonly string[]>>,
) {
  return { organisationId, actor, action, details }
}
