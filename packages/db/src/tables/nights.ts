import type { Columns } from '../columns.ts'
import type { organisationTables } from './people.ts'

type Organisations = Pick<ReturnType<typeof organisationTables>, 'organisations'>

/** What the nights came to, and the turns that keep the fleet from asking too often. */
export function nightTables(
  { table, text, sortable, count, instant, primaryKey }: Columns,
  { organisations }: Organisations,
) {
  const nights = table(
    'nights',
    {
      organisationId: text('organisation_id')
        .notNull()
        .references(() => organisations.id, { onDelete: 'cascade' }),
      night: sortable('night').notNull(),
      startedAt: instant('started_at').notNull(),
      finishedAt: instant('finished_at').notNull(),
      refreshed: count('refreshed').notNull(),
      failed: count('failed').notNull(),
    },
    (it) => [primaryKey({ columns: [it.organisationId, it.night] })],
  )

  const turns = table('turns', {
    name: text('name').primaryKey(),
    /** The last one that was given, in milliseconds since 1970: databases add to numbers alike. */
    at: count('at').notNull(),
    owner: text('owner'),
  })

  return { nights, turns }
}
