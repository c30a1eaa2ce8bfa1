import { createMicrosoft, demo } from './index.ts'

const FIRST_PORT = 4100

const microsoft = createMicrosoft()
const { urls, close } = await microsoft.listen({ port: Number(process.env['PORT'] ?? FIRST_PORT) })

const lines = [
  'Microsoft simulator. Point a product at it with:',
  '',
  `MICROSOFT_LOGIN_URL=${urls.login}`,
  `MICROSOFT_PARTNER_CENTER_URL=${urls.partnerCenter}`,
  `MICROSOFT_GRAPH_URL=${urls.graph}`,
  `MICROSOFT_CLIENT_ID=${demo.app.clientId}`,
  `MICROSOFT_CLIENT_SECRETS=${demo.app.clientSecret}`,
  '',
  'Tenants and their accounts (no password is asked):',
]
for (const tenant of microsoft.state.tenants.values()) {
  lines.push('', `${tenant.name}  ${tenant.id}  ${tenant.domains[0]}  ${tenant.cloud} ${tenant.regionScope}`)
  for (const user of microsoft.state.users.values())
    if (user.tenantId === tenant.id) lines.push(`  ${user.upn}`)
}
lines.push('', `Faults and other acts: POST ${urls.login}/__control/…`, 'Ctrl+C stops it.')
console.log(lines.join('\n'))

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close())
