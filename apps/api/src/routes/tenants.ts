import { lookUpTenant } from '@consentry/core'
import { z } from 'zod'

import { json, route } from '../route.ts'

const look = route('GET /tenants/{idOrDomain}', {
  summary: "A tenant from Microsoft's public discovery",
  answers: {
    200: json(
      z.object({
        microsoftId: z.guid(),
        cloud: z.string(),
        region: z.string().nullable(),
        regionMatches: z
          .boolean()
          .nullable()
          .meta({ description: "Whether it is this deployment's region too; null where that is not known" }),
      }),
      'The tenant',
    ),
  },
  async handle({ context: { deps, limiters }, caller, params }) {
    await limiters.tenants(caller.kind === 'member' ? caller.person.id : caller.key.id)
    return { status: 200, body: await lookUpTenant(deps, params.idOrDomain ?? '') }
  },
})

export const tenants = [look]
