import { expect, it } from 'vitest'
import { regionHint } from '../src/region-hint.ts'

const us = { name: 'us', url: 'https://us.example.com' }
const eu = { name: 'eu', url: 'https://eu.example.com' }
const tenant = { microsoftId: '', cloud: 'global', region: 'NA', regionMatches: false }

it('names the nearer address where there is one', () => {
  expect(regionHint(tenant, { region: 'eu', regions: [eu, us] })).toEqual({ nearer: us })
})

it('says that the region is another one where there is no nearer address', () => {
  expect(regionHint(tenant, { region: 'eu', regions: [] })).toEqual({ nearer: null })
  expect(regionHint({ ...tenant, region: 'AS' }, { region: 'eu', regions: [eu, us] })).toEqual({
    nearer: null,
  })
})

it.each([true, null])('is silent where the regions match: %s', (regionMatches) => {
  expect(regionHint({ ...tenant, regionMatches }, { region: 'us', regions: [eu, us] })).toBeNull()
  expect(regionHint({ ...tenant, regionMatches }, null)).toBeNull()
})
