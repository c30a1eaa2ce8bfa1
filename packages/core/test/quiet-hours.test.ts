import { describe, expect, it } from 'vitest'

import { afterQuiet } from '../src/quiet-hours.ts'

const STOCKHOLM = 'Europe/Stockholm'
const NIGHT = { quietFrom: '22:00', quietTo: '06:00' }
const NOON = { quietFrom: '12:00', quietTo: '13:00' }

describe('what is told in quiet hours', () => {
  it.each([
    ['in the evening', NIGHT, '2026-11-23T21:30:00Z', '2026-11-24T05:00:00Z'],
    ['after midnight', NIGHT, '2026-11-24T01:30:00Z', '2026-11-24T05:00:00Z'],
    ['in their first minute', NIGHT, '2026-11-23T21:00:00Z', '2026-11-24T05:00:00Z'],
    ['at noon', NOON, '2026-11-23T11:30:00Z', '2026-11-23T12:00:00Z'],
    // Clocks go back at 03:00 on 25 October, forward at 02:00 on 29 March.
    ['in the night that has an hour more', NIGHT, '2026-10-24T21:00:00Z', '2026-10-25T05:00:00Z'],
    ['in the night that has an hour less', NIGHT, '2026-03-28T22:00:00Z', '2026-03-29T04:00:00Z'],
  ])('%s waits until they are over', (_, hours, at, until) => {
    expect(afterQuiet(hours, new Date(at), STOCKHOLM)).toEqual(new Date(until))
  })

  it.each([
    ['before them', NIGHT, '2026-11-23T20:59:00Z'],
    ['the moment they are over', NIGHT, '2026-11-24T05:00:00Z'],
    ['by day', NIGHT, '2026-11-23T11:00:00Z'],
    ['after those at noon', NOON, '2026-11-23T12:00:00Z'],
    ['where there are none', { quietFrom: null, quietTo: null }, '2026-11-23T02:00:00Z'],
    ['where they begin when they end', { quietFrom: '06:00', quietTo: '06:00' }, '2026-11-23T02:00:00Z'],
  ])('%s is told at once', (_, hours, at) => {
    expect(afterQuiet(hours, new Date(at), STOCKHOLM)).toEqual(new Date(at))
  })
})
