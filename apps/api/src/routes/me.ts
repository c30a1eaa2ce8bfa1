import type { Organisation } from '@consentry/core'
import { z } from 'zod'

import { json, notFound, route } from '../route.ts'

const organisationSchema = z.object({ id: z.string(), slug: z.string(), name: z.string() })

const me = route('GET /me', {
  summary: 'The signed-in person, the organisation they work in, and the others they may choose',
  answers: {
    200: json(
      z.object({
        person: z.object({ id: z.string(), name: z.string(), email: z.string() }),
        organisation: organisationSchema,
        organisations: z.array(organisationSchema),
        role: z.enum(['owner', 'admin', 'viewer']),
      }),
      'Who you are',
    ),
  },
  async handle({ caller }) {
    if (caller.kind !== 'member') return notFound()
    const { person, role } = caller
    const organisations = caller.organisations.map(organisationView)
    return {
      status: 200,
      body: { person, organisation: organisationView(caller.organisation), organisations, role },
    }
  },
})

export const mine = [me]

function organisationView({ id, slug, name }: Organisation) {
  return { id, slug, name }
}
