import type { ConnectionRow, Organisation, Store } from '@consentry/core'

import { notThere } from './failure.ts'
import { readMicrosoftId } from './values.ts'

/** The organisation of this slug or id. Throws words that name the ones that exist. */
export async function findOrganisation(store: Store, slugOrId: string): Promise<Organisation> {
  const found = await store.findOrganisation(slugOrId)
  if (found) return found
  const slugs = (await store.listOrganisations()).map((it) => it.slug)
  throw notThere(
    `There is no organisation "${slugOrId}"`,
    slugs.length > 0
      ? `These exist: ${slugs.join(', ')}.`
      : 'This database has none yet. Create one with: consentry organisation create --name NAME',
  )
}

/** The organisation's connection of this tenant. */
export async function findConnection(
  store: Store,
  organisation: Organisation,
  microsoftId: string,
): Promise<ConnectionRow> {
  const id = readMicrosoftId(microsoftId)
  const found = await store.findConnection(organisation.id, id)
  if (found) return found
  throw notThere(
    `${organisation.name} has no connection of the tenant ${id}`,
    `See what it has with: consentry connection list --organisation ${organisation.slug}`,
  )
}
