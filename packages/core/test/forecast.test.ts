import { describe, expect, it } from 'vitest'

import { nextNight, nextTry, nightOf } from '../src/forecast.ts'

const NIGHTLY = { from: '01:00', to: '05:00', timeZone: 'UTC', concurrency: 16, perSecond: 10 }
const DAY = 24 * 3_600_000
const ID = '5f1c2a70-6c1e-4d0b-9a55-0d4f1f6b2e01'

function local(instant: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(instant)
}

describe('the next night', () => {
  it('is a moment of the coming window, the same every night for one tenant', () => {
    const first = nextNight(new Date('2026-11-23T12:00:00Z'), NIGHTLY, ID)
    const second = nextNight(first, NIGHTLY, ID)
    expect(first.toISOString()).toMatch(/^2026-11-24T0[1-4]:/)
    expect(second.getTime() - first.getTime()).toBe(24 * 3_600_000)
  })

  it('spreads a thousand tenants over the whole window', () => {
    const hours = Array.from({ length: 1000 }, (_, index) =>
      nextNight(new Date('2026-11-23T12:00:00Z'), NIGHTLY, `tenant-${index}`).getUTCHours(),
    )
    for (const hour of [1, 2, 3, 4]) expect(hours.filter((it) => it === hour).length).toBeGreaterThan(200)
  })

  it.each([
    ['spring, when 02:00 to 03:00 does not exist', '2027-03-27T12:00:00Z', '2027-03-28'],
    ['autumn, when it comes twice', '2026-10-24T12:00:00Z', '2026-10-25'],
  ])('falls on the right day in %s', (_, from, day) => {
    for (let index = 0; index < 200; index += 1) {
      const nightly = { ...NIGHTLY, timeZone: 'Europe/Stockholm' }
      const slot = nextNight(new Date(from), nightly, `tenant-${index}`)
      expect(local(slot, 'Europe/Stockholm').slice(0, 10)).toBe(day)
      const after = nextNight(slot, nightly, `tenant-${index}`)
      expect(after.getTime() - slot.getTime()).toBeGreaterThanOrEqual(23 * 3_600_000)
      expect(after.getTime() - slot.getTime()).toBeLessThanOrEqual(25 * 3_600_000)
    }
  })

  it.each([
    ['Europe/Stockholm', '01:00', '05:00', '2027-03-25T12:00:00Z'],
    ['Europe/Stockholm', '01:00', '05:00', '2026-10-22T12:00:00Z'],
    ['America/New_York', '01:00', '05:00', '2027-03-11T12:00:00Z'],
    ['America/New_York', '01:00', '05:00', '2026-10-29T12:00:00Z'],
    // The whole window lies in the hour that is left out, or that comes twice.
    ['Europe/Stockholm', '02:00', '03:00', '2027-03-25T12:00:00Z'],
    ['America/New_York', '01:00', '02:00', '2026-10-29T12:00:00Z'],
    ['Europe/Stockholm', '22:00', '04:00', '2027-03-25T12:00:00Z'],
    ['Europe/Stockholm', '22:00', '04:00', '2026-10-22T12:00:00Z'],
  ])('in %s, %s to %s, comes once to every tenant each night after %s', (timeZone, from, to, start) => {
    const nightly = { ...NIGHTLY, timeZone, from, to }
    const first = Date.parse(nightOf(nextNight(new Date(start), nightly, ID), nightly))
    const nights = [0, 1, 2, 3, 4].map((days) => new Date(first + days * DAY).toISOString().slice(0, 10))
    for (let index = 0; index < 200; index += 1) {
      const came: string[] = []
      for (let now = new Date(start); came.length < 5;) {
        const slot = nextNight(now, nightly, `tenant-${index}`)
        came.push(nightOf(slot, nightly))
        // As long as a refresh takes when Microsoft is slow.
        now = new Date(slot.getTime() + 20_000)
      }
      expect(came).toEqual(nights)
    }
  })

  it('may lie after midnight of a window that crosses it', () => {
    const nightly = { ...NIGHTLY, from: '22:00', to: '04:00' }
    const hours = Array.from({ length: 200 }, (_, index) =>
      nextNight(new Date('2026-11-23T12:00:00Z'), nightly, `tenant-${index}`).getUTCHours(),
    )
    expect([...new Set(hours)].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 22, 23])
  })
})

describe('the next try after a passing failure', () => {
  it.each([
    [1, 0, 5],
    [2, 0, 15],
    [3, 0, 60],
    [9, 0, 60],
    [1, 1200, 20],
  ])('after %i failures and a wish to wait %i s comes in %i minutes', (failures, asked, minutes) => {
    const now = new Date('2026-11-23T01:00:00Z')
    expect(nextTry(now, failures, asked).getTime() - now.getTime()).toBe(minutes * 60_000)
  })
})
