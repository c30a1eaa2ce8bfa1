import { demo, type App } from '@consentry/microsoft-simulator'

import { DAY, tenant, type Bench } from './bench.ts'

export const OWN = '6e0b9c1a-2d47-4f55-8a3e-90c1d2b7f318'
export const SECRET = 'own~secret~of~nordwind'

/** An application that a partner registered in its own tenant. */
export function register({ microsoft, now }: Bench, clientId: string, secrets: readonly string[]): App {
  const deployments = microsoft.state.apps.get(demo.app.clientId)
  if (!deployments) throw new Error('The simulator has no app.')
  const app: App = {
    ...structuredClone(deployments),
    clientId,
    tenantId: tenant.id,
    name: 'Nordwind integration',
    signInAudience: 'AzureADMyOrg',
    secrets: secrets.map((value) => ({
      keyId: value,
      value,
      start: new Date(0),
      end: new Date(now().getTime() + 700 * DAY),
    })),
  }
  microsoft.state.apps.set(clientId, app)
  return app
}
