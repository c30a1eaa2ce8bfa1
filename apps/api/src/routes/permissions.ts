import { permissionOverview } from '@consentry/core'
import { z } from 'zod'

import { boundTo } from '../callers.ts'
import { json, route } from '../route.ts'

const permissionSchema = z.object({
  name: z.string(),
  resource: z.enum(['partner-center', 'graph', 'sign-in']),
  title: z.string(),
  feature: z.string(),
  since: z.string().meta({ description: 'The release of the manifest that brought it' }),
  neededFrom: z.string().optional().meta({ description: 'Until then its lack is only warned of' }),
  needed: z.boolean(),
  granted: z.int().meta({ description: 'How many connections have it' }),
  // Fewer together than there are connections: of the others it is not known yet.
  lacking: z.int().meta({ description: 'How many connections lack it' }),
  missing: z
    .array(z.object({ microsoftId: z.guid(), name: z.string() }))
    .meta({ description: 'The hundred most urgent of those that lack it' }),
})

const show = route('GET /permissions', {
  summary: 'What Consentry needs, since when and for what, and which connections lack it',
  query: z.object({
    connection: z.guid().optional().meta({ description: 'A Microsoft ID: of this connection alone' }),
  }),
  answers: {
    200: json(
      z.object({
        version: z.string(),
        connections: z.int(),
        permissions: z.array(permissionSchema),
        extra: z.array(z.object({ name: z.string(), connections: z.int() })),
      }),
      'The manifest of needs, and how the connections stand to it',
    ),
  },
  async handle({ context: { deps }, caller, query: { connection } }) {
    const bound = boundTo(caller)
    const wanted = connection?.toLowerCase()
    const only = wanted ? [wanted].filter((it) => bound?.includes(it) ?? true) : bound
    return { status: 200, body: await permissionOverview(deps, caller.organisationId, only) }
  },
})

export const permissions = [show]
