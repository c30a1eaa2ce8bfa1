import { expect, test } from 'vitest'
import { partnerCenterScope, setUp } from './helpers.ts'

test('hundreds of tenants are added at once, each with an account that works', async () => {
  const { microsoft, connect, refresh } = setUp()
  const tenants = microsoft.control.addPartnerTenants(500)
  expect(new Set(tenants.map(({ id }) => id)).size).toBe(500)
  const last = tenants.at(-1)
  const token = await connect({ user: `svc-csp@${last?.domains[0]}` }, { tenant: last?.id ?? '' })
  expect((await refresh(token, partnerCenterScope, last?.id)).status).toBe(200)
  expect(microsoft.control.addPartnerTenants(1)[0]?.id).not.toBe(last?.id)
})

test('two simulators share nothing', async () => {
  const [one, other] = [setUp(), setUp()]
  one.microsoft.control.disableApp()
  const token = await other.connect()
  expect((await other.refresh(token)).status).toBe(200)
})
