import { expect, test } from 'vitest'
import { graphScope, nordwind, partnerCenterScope, setUp, type Json } from './helpers.ts'

test('one consent leads to tokens for both APIs, an invoice and its lines', async () => {
  const { connect, refresh, partner, runExport } = setUp()
  const refreshToken = await connect()
  const partnerToken = (await refresh(refreshToken, partnerCenterScope)).body['access_token']
  const graphToken = (await refresh(refreshToken, graphScope)).body['access_token']

  const profile = await partner('/profiles/organization', partnerToken)
  expect(profile.body).toMatchObject({ tenantId: nordwind.id, companyName: nordwind.name })

  const invoices = await partner('/invoices', partnerToken)
  const [newest] = invoices.body['items'] as Json[]
  expect(newest?.['id']).toMatch(/^G\d{9}$/)

  const { operation, lines } = await runExport(
    'reconciliation/billed',
    { invoiceId: newest?.['id'] },
    graphToken,
  )
  expect(operation['status']).toBe('succeeded')
  const cents = lines.reduce((sum, line) => sum + Math.round(Number(line['Total']) * 100), 0)
  expect(cents / 100).toBe(newest?.['totalCharges'])
  expect(lines.length).toBeGreaterThan(10)
})
