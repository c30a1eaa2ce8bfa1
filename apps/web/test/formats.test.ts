import { describe, expect, it } from 'vitest'
import { largestAndOthers } from '../src/breakdown.ts'
import {
  dateAndTime,
  dayDistance,
  fullTime,
  isRealDate,
  longDay,
  shortTime,
  utcTime,
  type Clock,
} from '../src/dates.ts'
import {
  addDecimals,
  compareDecimals,
  formatMoney,
  formatNumber,
  formatRounded,
  shareOf,
} from '../src/money.ts'

const clock: Clock = { now: new Date('2026-11-23T06:11:00Z'), locale: 'en-GB', timeZone: 'Europe/Stockholm' }

describe('a moment', () => {
  it.each([
    ['today is its time', '2026-11-23T01:41:00Z', '02:41'],
    ['this week is its day', '2026-11-27T08:30:00Z', 'Fri 27 Nov'],
    ['just past midnight belongs to the day before in UTC', '2026-11-22T23:30:00Z', '00:30'],
    ['farther away is its date', '2027-02-21T02:00:00Z', '21 Feb 2027'],
    ['a week ago is its date', '2026-11-16T10:00:00Z', '16 Nov 2026'],
  ])('%s', (_, iso, shown) => {
    expect(shortTime(iso, clock)).toBe(shown)
  })

  it('is complete with its zone in the title', () => {
    expect(fullTime('2026-11-23T01:41:07Z', clock)).toMatch(
      /^Monday 23 November 2026.*02:41:07 (CET|GMT\+1)$/,
    )
  })

  it('keeps the calendar when the clocks change', () => {
    const before = { ...clock, now: new Date('2026-10-24T22:30:00Z') }
    expect(dayDistance(new Date('2026-10-25T23:30:00Z'), before)).toBe(1)
  })

  it('has the words of the brief', () => {
    expect(longDay('2026-11-27T08:30:00Z', clock)).toBe('Friday 27 November')
    expect(dateAndTime('2026-11-13T08:31:00Z', clock)).toBe('13 Nov 2026, 09:31')
    expect(utcTime('2026-11-23T06:11:39.000Z')).toBe('2026-11-23 06:11:39Z')
    expect(isRealDate('0001-01-01T00:00:00')).toBe(false)
  })
})

describe('money', () => {
  it('shows every decimal that Microsoft gave, and never fewer than two', () => {
    expect(formatMoney('183171.77', 'EUR', 'en-GB')).toBe('€183,171.77')
    expect(formatMoney('18.6612345678901', 'EUR', 'en-GB')).toBe('€18.6612345678901')
    expect(formatMoney('7', 'SEK', 'en-GB')).toMatch(/7\.00/)
  })

  it('has a real minus', () => {
    expect(formatMoney('-120.55', 'EUR', 'en-GB')).toBe('−€120.55')
    expect(formatNumber('-3', 'en-GB')).toBe('−3')
  })

  it('loses no digit of an amount that a float cannot hold', () => {
    expect(formatMoney('90071992547409931.23', 'USD', 'en-US')).toBe('$90,071,992,547,409,931.23')
    expect(addDecimals(['90071992547409931.23', '0.01'])).toBe('90071992547409931.24')
  })

  it('adds exactly', () => {
    expect(addDecimals(['0.1', '0.2'])).toBe('0.3')
    expect(addDecimals(['1.005', '-0.01', '2'])).toBe('2.995')
    expect(addDecimals(['0.01', '-0.02'])).toBe('-0.01')
    expect(addDecimals([])).toBe('0')
  })

  it('compares by value, not by letters', () => {
    expect(['9.5', '10', '-3', '9.50001'].toSorted(compareDecimals)).toEqual(['-3', '9.5', '9.50001', '10'])
  })

  it('may round for bars only', () => {
    expect(formatRounded('18423.12', 'EUR', 'en-GB')).toBe('€18,423')
    expect(shareOf('-5', '10')).toBe(0.5)
    expect(shareOf('5', '0')).toBe(0)
  })

  it('shows what is no amount as it came', () => {
    expect(formatMoney('n/a', 'EUR', 'en-GB')).toBe('n/a')
  })
})

describe.each([
  ['de-DE', 'Freitag 27. November', '21. Feb. 2027', '−1.234,50 €', '183.171,77 $'],
  ['fr-FR', 'vendredi 27 novembre', '21 févr. 2027', '−1 234,50 €', '183 171,77 $US'],
  ['es-ES', 'viernes 27 de noviembre', '21 feb 2027', '−1234,50 €', '183.171,77 US$'],
  ['sv-SE', 'fredag 27 november', '21 feb. 2027', '−1 234,50 €', '183 171,77 US$'],
])('%s', (locale, day, date, credit, dollars) => {
  const plain = (text: string) => text.replaceAll(/\s/g, ' ')

  it('has its own days, dates and money', () => {
    const own = { ...clock, locale }
    expect(plain(longDay('2026-11-27T08:30:00Z', own))).toBe(day)
    expect(plain(shortTime('2027-02-21T02:00:00Z', own))).toBe(date)
    expect(shortTime('2026-11-23T01:41:00Z', own)).toBe('02:41')
    expect(plain(formatMoney('-1234.5', 'EUR', locale))).toBe(credit)
    expect(plain(formatMoney('183171.77', 'USD', locale))).toBe(dollars)
  })
})

describe('a breakdown', () => {
  const item = (name: string, subtotal: string) => ({
    key: name,
    name,
    currency: 'EUR',
    subtotal,
    tax: '0',
    total: subtotal,
    lines: 1,
  })

  it('shows the seven largest and the exact sum of the others', () => {
    const split = largestAndOthers(
      ['1', '9.10', '8', '10', '7', '6', '5', '4', '0.30'].map((n, i) => item(`c${i}`, n)),
    )
    expect(split.largest.map((one) => one.subtotal)).toEqual(['10', '9.10', '8', '7', '6', '5', '4'])
    expect(split.others).toEqual({ count: 2, subtotal: '1.30', earlier: '0' })
    expect(split.longest).toBe('10')
  })

  it('makes room for bars of the report beside it, the others summed up', () => {
    const beside = (key: string, now: string, then: string) => ({
      ...item(key, now),
      compared: { subtotal: then, total: then, change: '0' },
    })
    const many = Array.from({ length: 9 }, (_, i) => beside(`c${i}`, String(20 - i), `${i}.5`))
    expect(largestAndOthers(many).others).toMatchObject({ earlier: '16.0' })
    expect(largestAndOthers([beside('a', '5', '30')]).longest).toBe('30')
  })

  it('measures a credit by its size', () => {
    expect(largestAndOthers([item('a', '5'), item('b', '-20')]).longest).toBe('20')
  })
})
