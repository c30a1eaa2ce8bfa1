import { reasonOf } from './status.ts'
import { clock, fullDay, weekday } from './telling-dates.ts'
import {
  aboutTenant,
  affectedOf,
  actOf,
  countOf,
  foretold,
  named,
  saidOfAll,
  todoOf,
  whyOf,
} from './telling-parts.ts'
import { beforeEnd, reminderOf } from './telling-reminders.ts'
import type { Described, Saying, TenantHappening } from './telling-words.ts'
import type { ConnectionRow } from './types.ts'

/** The same said of several tenants: the earliest first, all in the payload, the first ones by name. */
export function ofSeveral(happening: TenantHappening, saying: Saying): Described {
  const { event, connection, also = [] } = happening
  const rows = [connection, ...also].toSorted(
    (a, b) => endOf(a) - endOf(b) || a.name.localeCompare(b.name, 'en', { numeric: true }),
  )
  const body = event === 'connection.expiring' ? expiring(rows, saying) : sayAll(happening, rows, saying)
  return { ...body, path: '/', more: { connections: rows.map(aboutTenant), services: saying.facts.services } }
}

type Body = Pick<Described, 'title' | 'text' | 'reminder'>

function expiring(rows: readonly ConnectionRow[], { now, timeZone }: Saying): Body {
  const [first] = rows
  const end = first?.stopsWorkingBy
  const lines = rows.map((row) => {
    const { stopsWorkingBy: by, name } = row
    const moment = by ? `${fullDay(by, timeZone)}, about ${clock(by, timeZone)}` : 'soon'
    return `${name}: ${moment}. ${foretold(row, timeZone).title}.`
  })
  const text = [
    `These tenants work today and will stop (times of ${timeZone}):`,
    '',
    ...named(lines),
    '',
    'What to do: open each, sign in again, or send somebody a link. It takes about two minutes each.',
  ]
  return {
    title: `${countOf(rows.length, 'tenant')} need a sign-in, the first by ${end ? weekday(end, timeZone) : 'today'}`,
    text: text.join('\n'),
    ...(end ? { reminder: beforeEnd(end, now, timeZone) } : {}),
  }
}

function sayAll(
  { event, connection, again = false, was }: TenantHappening,
  rows: readonly ConnectionRow[],
  saying: Saying,
): Body {
  const n = countOf(rows.length, 'tenant')
  const names = named(rows.map((it) => it.name))
  if (event === 'connection.recovered')
    return {
      title: `${n} ${was === 'ending' ? 'go on working' : 'work again'}`,
      text: [
        was === 'ending'
          ? 'What would have stopped these tenants is solved, and Consentry refreshes them every night:'
          : 'These tenants work again, and Consentry refreshes them every night:',
        '',
        ...names,
      ].join('\n'),
    }
  const { code } = reasonOf(connection)
  const said = saidOfAll(code, connection.action)
  const facts = [whyOf(said), affectedOf(saying.facts), todoOf(said), '', ...names]
  const reminder = reminderOf(connection, again, saying.now, saying.timeZone)
  if (event === 'connection.broken')
    return {
      title: `${n} ${again ? 'still do not work' : 'stopped'}: ${actOf(said)}`,
      text: [`Microsoft no longer accepts the sign-ins of ${n}.`, '', ...facts].join('\n'),
      reminder,
    }
  return {
    title: `${n} need somebody: ${said.title}`,
    text: [`Services still get tokens for them, but not everything works.`, '', ...facts].join('\n'),
    reminder,
  }
}

function endOf({ stopsWorkingBy }: ConnectionRow): number {
  return stopsWorkingBy?.getTime() ?? Number.POSITIVE_INFINITY
}
