import { assert, property, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { fillGaps, problem, readGaps, valuesOf } from '../src/index.ts'

describe('the gaps of a sentence', () => {
  it('give back what they were filled with', () => {
    const value = stringMatching(/^[^|]*$/)
    assert(
      property(value, value, (one, two) => {
        expect(readGaps('{one}| and |{two}.', `${one}| and |${two}.`)).toEqual({ one, two })
      }),
    )
  })

  it.each([
    ['We asked for {tenant}.', 'Somebody asked for Nordwind.'],
    ['We asked for {tenant}.', 'We asked for Nordwind'],
    ['We asked for {tenant}, it answered for {other}.', 'We asked for Nordwind.'],
    ['One {gap} within', 'One within'],
    ['', 'More'],
    ['Nothing to fill', 'Nothing to fill here'],
  ])('of "%s" are not read from "%s"', (template, text) => {
    expect(readGaps(template, text)).toBeNull()
  })
})

it('ends a sentence once, also behind a name that ends in a full stop', () => {
  const told = problem('already_there', { name: 'Nordwind Inc.' })
  expect(told.detail).toBe('It is in your list as Nordwind Inc. Open it to see how it is.')
  expect(valuesOf(told)).toEqual({ name: 'Nordwind Inc' })
  expect(fillGaps('Wait for {name}...', () => 'it')).toBe('Wait for it...')
})

describe('the values of a problem', () => {
  it('are read from its words', () => {
    const told = problem('other_company', { tenant: 'Nordwind', other: 'Rheintal, it answered' })
    expect(valuesOf(told)).toEqual({ tenant: 'Nordwind', other: 'Rheintal, it answered' })
    const missing = { permission: 'Read billing reports', feature: 'Microsoft billing reports' }
    expect(valuesOf(problem('permission_missing', missing))).toEqual(missing)
  })

  it('are none where nobody knew one, in other words, and for another code', () => {
    expect(valuesOf(problem('mfa_missing'))).toEqual({})
    expect(valuesOf({ code: 'mfa_missing', title: 'Old words', detail: 'Older words' })).toEqual({})
    expect(valuesOf({ code: 'unheard_of', title: '', detail: '' })).toEqual({})
  })
})
