import { ConsentryError, type ConnectionRow } from '@consentry/core'
import type { Request, Response } from 'express'
import { z } from 'zod'

import type { Operation } from './access.ts'
import { boundTo, type Caller } from './callers.ts'
import type { Context } from './context.ts'

/** One authorised request on its way through a route. */
export type Call = {
  readonly context: Context
  readonly caller: Caller
  readonly params: Readonly<Record<string, string>>
  readonly request: Request
  readonly response: Response
}

/** What a route answers; nothing when it has written the response itself. */
export type Answer = {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

type AnswerShape = { readonly description: string; readonly content?: Readonly<Record<string, z.ZodType>> }

export type Route = {
  readonly operation: Operation
  readonly summary: string
  /** Changes what others change too: takes If-Match, and refuses with 412 what was changed since. */
  readonly edits: boolean
  readonly query: z.ZodObject
  readonly body: z.ZodType | null
  readonly answers: Readonly<Record<number, AnswerShape>>
  readonly handle: (call: Call, input: { query: unknown; body: unknown }) => Promise<Answer | undefined>
}

const NO_QUERY = z.object({})

type Spec<Q extends z.ZodObject, B extends z.ZodType, More> = {
  readonly summary: string
  readonly edits?: true
  readonly query?: Q
  readonly body?: B
  readonly answers: Readonly<Record<number, AnswerShape>>
  readonly handle: (
    call: Call & More & { readonly query: z.output<Q>; readonly body: z.output<B> },
  ) => Promise<Answer | undefined>
}

/** Defines an operation: its schemas validate the request and write the OpenAPI document. */
export function route<Q extends z.ZodObject = typeof NO_QUERY, B extends z.ZodType = z.ZodUndefined>(
  operation: Operation,
  spec: Spec<Q, B, unknown>,
): Route {
  return {
    operation,
    summary: spec.summary,
    edits: spec.edits ?? false,
    query: spec.query ?? NO_QUERY,
    body: spec.body ?? null,
    answers: spec.answers,
    async handle(call, input) {
      // A spec without a schema gets the empty type as its default, which is what parsing nothing gives.
      const query = (spec.query ?? NO_QUERY).parse(input.query) as z.output<Q>
      const body = spec.body?.parse(input.body) as z.output<B>
      return spec.handle({ ...call, query, body })
    },
  }
}

/** An operation below `/connections/{id}`: the connection is there, or the answer is `not_found`. */
export function connectionRoute<
  Q extends z.ZodObject = typeof NO_QUERY,
  B extends z.ZodType = z.ZodUndefined,
>(
  operation: Operation & `${string}/connections/{id}${string}`,
  spec: Spec<Q, B, { readonly connection: ConnectionRow }>,
): Route {
  return route<Q, B>(operation, {
    ...spec,
    handle: async (call) => spec.handle({ ...call, connection: await findConnection(call) }),
  })
}

const GUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/

// A malformed, unknown, foreign and unbound Microsoft ID all end in the same answer.
async function findConnection({ context, caller, params }: Call): Promise<ConnectionRow> {
  const microsoftId = (params.id ?? '').toLowerCase()
  const bound = boundTo(caller)
  const visible = GUID.test(microsoftId) && (bound === undefined || bound.includes(microsoftId))
  const connection = visible
    ? await context.deps.store.findConnection(caller.organisationId, microsoftId)
    : null
  return connection ?? notFound()
}

/** Ends the request with `not_found`. */
export function notFound(): never {
  throw new ConsentryError('not_found')
}

/** An answer in JSON of the given shape. */
export function json(schema: z.ZodType, description: string): AnswerShape {
  return { description, content: { 'application/json': schema } }
}
