import { describe, expect, it } from 'vitest'

import { readExpiry, readMicrosoftId, readOrigin, readScopes, readSlug, slugOf } from '../src/values.ts'

const NOW = new Date('2026-11-23T12:00:00Z')

describe('slugs', () => {
  it.each([
    ['Contoso', 'contoso'],
    ['  Nordwind Über & Søn AB ', 'nordwind-uber-son-ab'],
    ['Łódź Straße 9', 'lodz-strasse-9'],
    ['Crème Brûlée, Inc.', 'creme-brulee-inc'],
    [`${'a'.repeat(62)} b`, 'a'.repeat(62)],
  ])('makes %j into %j', (name, slug) => {
    expect(slugOf(name)).toBe(slug)
    expect(readSlug(slug)).toBe(slug)
  })

  it('asks for a slug when the name has no Latin letter to make one of', () => {
    expect(() => slugOf('株式会社')).toThrow('--slug')
  })

  it.each(['Contoso', 'a_b', '-a', 'a-', 'a--b', 'a b', '', 'a'.repeat(64), 'é'])('refuses %j', (slug) => {
    expect(() => readSlug(slug)).toThrow('lower-case letters')
  })
})

describe('expiry', () => {
  it.each([
    ['90d', '2027-02-21T12:00:00.000Z'],
    ['12h', '2026-11-24T00:00:00.000Z'],
    ['2027-01-31', '2027-01-31T00:00:00.000Z'],
    ['2027-01-31T08:00:00+02:00', '2027-01-31T06:00:00.000Z'],
  ])('reads %s as %s', (text, instant) => {
    expect(readExpiry(text, NOW).toISOString()).toBe(instant)
  })

  it.each(['', '90', 'd', '-1d', '1.5d', 'tomorrow', '2027-13-01', '2027-02-31', '31.01.2027'])(
    'does not guess what %j means',
    (text) => {
      expect(() => readExpiry(text, NOW)).toThrow('is not a time to expire')
    },
  )

  it.each(['0d', '2020-01-01'])('refuses %s, which has passed', (text) => {
    expect(() => readExpiry(text, NOW)).toThrow('has passed already')
  })
})

it('names every scope that does not exist, and the ones that do', () => {
  expect(readScopes('tokens:read, billing:read,tokens:read')).toEqual(['tokens:read', 'billing:read'])
  expect(() => readScopes('tokens:read,token:write,admin')).toThrow(
    /no scope "token:write", "admin".*connections:read/,
  )
  expect(() => readScopes('')).toThrow('no scope ""')
})

it('takes a Microsoft ID as people paste it', () => {
  expect(readMicrosoftId(' {5F1C2A70-6c1e-4d0b-9a55-0d4f1f6b2e01} ')).toBe(
    '5f1c2a70-6c1e-4d0b-9a55-0d4f1f6b2e01',
  )
  expect(() => readMicrosoftId('contoso.com')).toThrow('is not a Microsoft ID')
})

it.each(['https://portal.example.com', 'https://portal.example.com:8443/', 'http://localhost:5173'])(
  'registers the origin %s',
  (text) => {
    expect(readOrigin(text)).toBe(new URL(text).origin)
  },
)

it.each([
  'http://portal.example.com',
  'https://portal.example.com/path',
  'https://a@portal.example.com',
  'javascript:alert(1)',
  'portal.example.com',
])('refuses the origin %s', (text) => {
  expect(() => readOrigin(text)).toThrow('not an origin that can be registered')
})
