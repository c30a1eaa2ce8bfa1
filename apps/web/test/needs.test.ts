import { expect, it } from 'vitest'

import { countNeeds, rowsOf } from '../src/needs.ts'
import type { Need, Today } from '../src/types.ts'

function need(name: string, patch: Partial<Need> = {}): Need {
  return {
    microsoftId: name,
    name,
    status: 'broken',
    by: null,
    code: 'signed_out',
    title: '',
    detail: '',
    ...patch,
  }
}
const names = (needs: readonly Need[]) => rowsOf(needs).map((row) => row.needs.map((it) => it.name).join(' '))

it('puts three tenants with the same cause into one row, and two into two', () => {
  const expired = { code: 'expired' } as const
  expect(names([need('a'), need('b', expired), need('c'), need('d'), need('e', expired)])).toEqual([
    'a c d',
    'b',
    'e',
  ])
})

it('orders by the moment it hurts: now, by a day, when you can', () => {
  const attention = (by: string | null) => ({ status: 'attention', by }) as const
  expect(
    names([
      need('whenever', attention(null)),
      need('later', attention('2026-12-04T09:00:00Z')),
      need('friday', attention('2026-11-27T09:00:00Z')),
      need('now'),
    ]),
  ).toEqual(['now', 'friday later whenever'])
  expect(
    names([
      need('later', { ...attention('2026-12-04T09:00:00Z'), code: 'expired' }),
      need('friday', attention('2026-11-27T09:00:00Z')),
      need('now'),
    ]),
  ).toEqual(['now', 'friday', 'later'])
})

it('counts tenants that one answer does not hold, but none that only the operator can help', () => {
  const today = {
    needsPerson: [need('a')],
    incidents: [{ code: 'app_secret', title: '', detail: '', connections: 2 }],
    counts: { broken: 300, attention: 12, new: 0, waiting: 0, connected: 5 },
  } as unknown as Today // what else there is, counting does not read
  expect(countNeeds(today)).toBe(310)
})
