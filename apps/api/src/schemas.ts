import { END_KINDS, LADDER, SCOPES } from '@consentry/core'
import { z } from 'zod'

/** The shapes that leave the API, as the OpenAPI document describes them. */

const instant = z.iso.datetime()
const optionalInstant = instant.nullable()
export const statusSchema = z.enum(['new', 'waiting', 'connected', 'attention', 'broken'])
const actionSchema = z.enum(['retry', 'reconsent', 'fix_policy', 'fix_app', 'fix_input', 'none'])
export const roleSchema = z.enum(['owner', 'admin', 'viewer'])
const capability = z.enum(['ok', 'failing', 'unknown'])

const microsoftSchema = z
  .looseObject({
    error: z.string().optional(),
    suberror: z.string().optional(),
    code: z.string().optional(),
    traceId: z.string().optional(),
    correlationId: z.string().optional(),
    timestamp: z.string().optional(),
    httpStatus: z.number().optional(),
  })
  .meta({ id: 'MicrosoftAnswer', description: 'What Microsoft said, for its support.' })

/** What a problem says wherever it stands inside another answer. */
export const innerProblemSchema = z
  .object({
    code: z.string(),
    title: z.string(),
    detail: z.string(),
    action: actionSchema,
    microsoft: microsoftSchema.optional(),
  })
  .meta({ id: 'InnerProblem' })

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: 'Stable; the same in API, console, mail and log.' }),
    action: actionSchema,
    retryAfterSeconds: z.int().optional(),
    microsoft: microsoftSchema.optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' })

export const becauseSchema = z
  .object({
    kind: z.enum(END_KINDS),
    since: z.string(),
    everyDays: z.number().optional(),
    learntAt: z.string().optional().meta({ description: "When a refusal of Microsoft's taught it" }),
    permission: z.string().optional().meta({ description: 'The permission that is missing' }),
    evidence: z.string().meta({ description: 'How it is known' }),
  })
  .meta({ id: 'StopsWorkingBecause' })

export const connectionSchema = z
  .object({
    microsoftId: z.guid(),
    name: z.string(),
    domain: z.string().optional(),
    status: statusSchema,
    reason: z.string().optional(),
    action: actionSchema.optional(),
    capabilities: z.object({
      signIn: capability,
      partnerCenter: capability,
      graph: capability,
      mfa: capability,
      billing: capability,
    }),
    grantedScopes: z.array(z.string()),
    missingScopes: z.array(z.string()),
    extraScopes: z.array(z.string()).meta({ description: 'Granted though nothing needs them' }),
    account: z.object({ objectId: z.string().nullable(), username: z.string().nullable() }).nullable(),
    consentedAt: optionalInstant,
    refreshedAt: optionalInstant,
    nextRefreshAt: optionalInstant,
    stopsWorkingBy: optionalInstant,
    stopsWorkingBecause: becauseSchema.optional(),
    usedBy: z.array(z.string()).meta({ description: 'Services given tokens in the last seven days' }),
    createdAt: instant,
  })
  .meta({ id: 'Connection' })

export const checkSchema = z
  .object({
    kind: z.enum(LADDER),
    ok: z.boolean(),
    code: z.string(),
    title: z.string(),
    detail: z.string(),
    action: actionSchema.optional(),
    microsoft: microsoftSchema.optional(),
    startedAt: instant,
    ms: z.number(),
  })
  .meta({ id: 'Check', description: 'One dated proof that something works or not.' })

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/)

export const reportSchema = z
  .looseObject({
    id: z.string(),
    kind: z.enum(['billed', 'unbilled']),
    status: z.enum(['queued', 'running', 'succeeded', 'failed', 'no_data']),
    progress: z.number().min(0).max(1),
    invoice: z.looseObject({ id: z.string() }).optional(),
    totals: z.array(
      z.object({ currency: z.string(), subtotal: decimal, tax: decimal, total: decimal, lines: z.int() }),
    ),
    problem: innerProblemSchema.optional(),
    sizes: z.object({ csv: z.int(), jsonl: z.int() }).optional().meta({
      description: 'Bytes of the downloads, in the answer to one report: JSON Lines exactly, CSV about.',
    }),
    newer: z
      .object({ id: z.string(), since: z.iso.datetime() })
      .optional()
      .meta({ description: 'A later report of the same for which Microsoft had other data.' }),
  })
  .meta({ id: 'Report', description: 'Money is decimal text, exact.' })

export const serviceKeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    connections: z.array(z.string()).nullable(),
    expiresAt: optionalInstant,
    lastUsedAt: optionalInstant,
    revokedAt: optionalInstant,
    createdAt: instant,
  })
  .meta({ id: 'ServiceKey' })

export const workloadSchema = serviceKeySchema
  .omit({ prefix: true })
  .extend({ issuer: z.string(), audience: z.string(), subject: z.string() })
  .meta({
    id: 'WorkloadIdentity',
    description: 'A service that shows tokens of an issuer in place of a key.',
  })

/** A page of a list. */
export function pageOf(item: z.ZodType) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

/** Query of a paged list. */
export const pageQuery = z.object({
  // A place may hold the longest name, or a link of Partner Center's.
  cursor: z.string().max(4000).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
})
