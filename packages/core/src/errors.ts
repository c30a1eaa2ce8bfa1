import { fillGaps, readGaps } from './gaps.ts'
import { PROBLEMS, type ProblemCode } from './problems.ts'
import type { Action, MicrosoftAnswer, Problem } from './types.ts'

export type ErrorCode = ProblemCode

/** Values that fill the `{gaps}` of a problem's words. */
export type Values = Readonly<Record<string, string | number | null | undefined>>

/**
 * The product's words for a code (`title` says what happened, `detail` why and what to do). An unfilled gap reads as
 * a neutral phrase, never as a brace.
 */
export function problem(code: ProblemCode, values: Values = {}, microsoft?: MicrosoftAnswer): Problem {
  const entry = PROBLEMS[code]
  return {
    code,
    title: fill(entry.title, values),
    detail: fill(`${entry.why} ${entry.remedy}`.trim(), values),
    action: entry.action,
    ...(microsoft ? { microsoft } : {}),
  }
}

/** The words of a code apart: what happened, why, and what to do. */
export function problemParts(code: ProblemCode, values: Values = {}) {
  const { title, why, remedy } = PROBLEMS[code]
  return { title: fill(title, values), why: fill(why, values), remedy: fill(remedy, values) }
}

/** The one error of the domain: what happened and what to do, under a stable code. Never carries a secret. */
export class ConsentryError extends Error {
  readonly problem: Problem
  /** When trying again makes sense; present when waiting helps. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    subject: ProblemCode | Problem,
    options: ErrorOptions & { values?: Values; retryAfterSeconds?: number } = {},
  ) {
    const told = typeof subject === 'string' ? problem(subject, options.values) : subject
    super(`${told.title}. ${told.detail}`, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'ConsentryError'
    this.problem = told
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  get code(): string {
    return this.problem.code
  }

  get action(): Action {
    return this.problem.action
  }
}

/** HTTP status of each code; a new code does not compile until it is mapped in the catalogue. */
export function httpStatus(code: string): number {
  return isProblemCode(code) ? PROBLEMS[code].status : 500
}

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code)
}

const NEUTRAL: Readonly<Record<string, string>> = {
  account: 'the account',
  tenant: 'the tenant',
  customer: 'this customer',
  other: 'another company',
  old: 'another account',
  new: 'this account',
  person: 'the person who sent it',
  name: 'whoever runs Consentry',
  feature: 'Consentry',
  permission: 'Microsoft does not say which',
  cloud: 'other',
  own: 'its own',
  address: 'that cloud',
  date: 'a recent date',
  time: 'a later time',
  n: 'several',
  reference: 'the log',
  id: 'that seals them',
  why: 'It is too easy to guess',
}

/** What a problem's words were filled with; a neutral phrase counts as nothing. For telling it in another language. */
export function valuesOf({
  code,
  title,
  detail,
}: Pick<Problem, 'code' | 'title' | 'detail'>): Readonly<Record<string, string>> {
  if (!isProblemCode(code)) return {}
  const entry = PROBLEMS[code]
  const inDetail = readGaps(`${entry.why} ${entry.remedy}`.trim(), detail)
  const values = Object.entries({ ...readGaps(entry.title, title), ...inDetail })
  return Object.fromEntries(values.filter(([name, value]) => value !== (NEUTRAL[name] ?? name)))
}

function fill(text: string, values: Values): string {
  return fillGaps(text, (gap) => values[gap] ?? NEUTRAL[gap] ?? gap)
}
