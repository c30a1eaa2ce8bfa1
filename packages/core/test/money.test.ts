import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { addTo, difference, emptySum, sumView } from '../src/money.ts'
import { createTally, readLine } from '../src/report-lines.ts'

const micros = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })

/** A whole number of millionths as a decimal text. */
function decimal(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(7, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`
}

function toMicros(text: string): bigint {
  const [whole = '0', part = ''] = text.replace('-', '').split('.')
  const value = BigInt(whole) * 10n ** 6n + BigInt(part.padEnd(6, '0'))
  return text.startsWith('-') ? -value : value
}

describe('a sum of money', () => {
  it('is exact, whatever is added', () => {
    fc.assert(
      fc.property(fc.array(micros, { maxLength: 200 }), (amounts) => {
        const sum = emptySum()
        for (const it of amounts) addTo(sum, { subtotal: decimal(it), tax: '0', total: decimal(it) })
        const expected = amounts.reduce((one, other) => one + other, 0n)
        expect(toMicros(sumView(sum).total)).toBe(expected)
        expect(sumView(sum).lines).toBe(amounts.length)
      }),
    )
  })

  it('is written plainly, with two decimals at least', () => {
    const sum = emptySum()
    addTo(sum, { subtotal: '1e-7', tax: '0.1', total: '100' })
    expect(sumView(sum)).toEqual({ subtotal: '0.0000001', tax: '0.10', total: '100.00', lines: 1 })
    expect(difference('0.3', '0.1')).toBe('0.20')
  })
})

describe('a line of a report', () => {
  it('keeps digits that a binary number would lose', () => {
    const line =
      '{"CustomerId":"c","CustomerName":"C","Subtotal":12345678901234567.89,"TaxTotal":0.1,"Currency":"EUR"}'
    expect(readLine(line)).toMatchObject({
      subtotal: '12345678901234567.89',
      total: '12345678901234567.99',
      currency: 'EUR',
    })
  })

  it('of usage is read by its own names', () => {
    expect(
      readLine('{"BillingPreTaxTotal":"3.5","BillingCurrency":"USD","ProductName":"Azure plan"}'),
    ).toMatchObject({
      subtotal: '3.5',
      total: '3.5',
      currency: 'USD',
      productName: 'Azure plan',
    })
  })

  it.each(['', 'nonsense', '[1]', '"text"', '{"a":'])('that is no JSON object is not read (%j)', (text) => {
    expect(readLine(text)).toBeNull()
  })

  it('is never added to another currency', () => {
    const tally = createTally('r')
    for (const currency of ['EUR', 'GBP', 'EUR']) {
      const facts = readLine(
        JSON.stringify({ CustomerId: 'c', Currency: currency, Subtotal: 1, TaxTotal: 0.25, Total: 1.25 }),
      )
      if (facts) tally.add(facts)
    }
    expect(tally.totals()).toEqual([
      { currency: 'EUR', subtotal: '2.00', tax: '0.50', total: '2.50', lines: 2 },
      { currency: 'GBP', subtotal: '1.00', tax: '0.25', total: '1.25', lines: 1 },
    ])
    expect(tally.breakdown().filter((it) => it.by === 'customer')).toHaveLength(2)
  })
})
