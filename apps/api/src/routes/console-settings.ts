import { Router } from 'express'

import type { Context } from '../context.ts'
import { sendJson } from '../problem-json.ts'

/** What the console has to know before anybody signs in. */
export function consoleSettings({ config }: Context): Router {
  const { region, regions, microsoft, nightly } = config
  const settings = {
    region,
    regions,
    operator: null,
    cloud: microsoft.cloud.name,
    partnerBilling: microsoft.cloud.partnerBilling,
    loginHost: new URL(microsoft.login).host,
    nightly: { from: nightly.from, to: nightly.to, timeZone: nightly.timeZone },
  }
  const router = Router()
  router.get('/api/console-settings', (_request, response) => {
    response.locals.route = '/api/console-settings'
    sendJson(response.set('cache-control', 'no-cache'), 200, settings)
  })
  return router
}
