import { API_CODES, CODES, ERRORS, SUBERRORS } from './diagnosis-table.ts'
import { problem, type ErrorCode, type Values } from './errors.ts'
import { field, retryAfterSeconds, textField, type Answer } from './microsoft/http.ts'
import type { MicrosoftAnswer, Problem, Verdict } from './types.ts'

export type { Verdict } from './types.ts'

/** Any refusal of Microsoft's in the product's words, with how sure it is. */
export type Diagnosis = {
  readonly problem: Problem
  readonly verdict: Verdict
  /** How long Microsoft asked to wait; undefined when it did not say. */
  readonly retryAfterSeconds: number | undefined
  /** What a later look has to find again before it is believed; only where it is weighed. */
  readonly doubt?: string
  /** Where it is one of many: what that is called, and how many tenants were refused alike. */
  readonly many?: { readonly code: ErrorCode; readonly tenants: number }
}

const LOOP_DETECTED = '50196'

/**
 * Diagnoses a token endpoint's refusal: by HTTP status, then `error`, with the AADSTS code and suberror telling which
 * kind. A code Microsoft never published falls back to its suberror and error, and is confirmed before it counts.
 */
export function diagnoseToken(answer: Answer, now: Date, values: Values = {}): Diagnosis {
  const microsoft = readEntraError(answer)
  const waits = retryAfterSeconds(answer.headers, now)
  const said = { ...values, ...readValues(microsoft.message ?? '') }
  if (isPassing(answer, microsoft))
    return passing(microsoft, microsoft.code === LOOP_DETECTED ? (waits ?? 5 * 60) : waits)
  if (answer.status === 200) return diagnosis('microsoft_answered_badly', 'transient', said, microsoft)
  const found =
    (microsoft.code && CODES.get(microsoft.code)) ??
    (microsoft.suberror && SUBERRORS[microsoft.suberror]) ??
    (microsoft.error && ERRORS[microsoft.error])
  if (!found) return diagnosis('microsoft_answered_badly', 'transient', said, microsoft)
  return found.verdict === 'transient'
    ? passing(microsoft, waits)
    : diagnosis(found.code, found.verdict, said, microsoft, waits)
}

/** Entra's error body (RFC 6749, 5.2 with Microsoft's members), from whatever form it came in. */
function readEntraError(answer: Answer): MicrosoftAnswer {
  const described = readDescription(textField(answer.json, 'error_description'))
  const codes = field(answer.json, 'error_codes')
  const age = Number(answer.headers.get('x-ms-clitelem')?.split(',')[3])
  return present({
    ...described,
    error: textField(answer.json, 'error'),
    suberror: textField(answer.json, 'suberror'),
    code: Array.isArray(codes) && codes.length > 0 ? String(codes[0]) : described.code,
    traceId:
      textField(answer.json, 'trace_id') ??
      described.traceId ??
      answer.headers.get('x-ms-request-id') ??
      undefined,
    correlationId: textField(answer.json, 'correlation_id') ?? described.correlationId,
    timestamp: textField(answer.json, 'timestamp') ?? described.timestamp,
    httpStatus: answer.status || undefined,
    refreshTokenAgeMs: age > 0 ? age : undefined,
  })
}

/**
 * An error that Microsoft sent back with the browser (learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow,
 * error response): its words are kept, its number only chooses ours.
 */
export function diagnoseAuthorize(error: string, description: string | undefined): Problem {
  const microsoft = present({ ...readDescription(description), error: error.slice(0, 100) })
  const meaning = CODES.get(microsoft.code ?? '') ?? ERRORS[error]
  return problem(meaning?.code ?? 'grant_refused', {}, microsoft)
}

// The parts are separated by line ends in older answers and by spaces since 2023.
function readDescription(description: string | undefined) {
  function part(pattern: RegExp): string | undefined {
    return pattern.exec(description ?? '')?.[1]
  }
  return {
    code: part(/AADSTS(\d{4,7})/),
    message: description?.split(/\s*Trace ID:/)[0]?.slice(0, 500),
    traceId: part(/Trace ID: ([\w-]{1,64})/),
    correlationId: part(/Correlation ID: ([\w-]{1,64})/),
    timestamp: part(/Timestamp: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ)/),
  }
}

/**
 * A refusal by Partner Center or Graph, whose error shapes differ; bodies may also be empty or HTML. Only a number that
 * Microsoft has for just this is definitive: a bare 401 or 403 may be a gateway's, and the same to everybody.
 */
export function diagnoseApi(answer: Answer, now: Date, refused: ErrorCode, values: Values = {}): Diagnosis {
  const microsoft = readApiError(answer)
  const waits = retryAfterSeconds(answer.headers, now)
  if (answer.status === 0 || answer.status === 429 || answer.status === 408 || answer.status >= 500) {
    return passing(microsoft, waits)
  }
  const found = apiMeaning(answer.status, microsoft, refused)
  return found
    ? diagnosis(found.code, found.verdict, values, microsoft)
    : diagnosis('microsoft_answered_badly', 'transient', values, microsoft)
}

function apiMeaning(status: number, { code, message }: MicrosoftAnswer, refused: ErrorCode) {
  const known = code && API_CODES.get(code)
  if (known) return known
  if (status !== 401 && status !== 403) return undefined
  const mfa = status === 401 && /\bMFA\b/i.test(message ?? '')
  return { code: mfa ? 'mfa_missing' : refused, verdict: 'ambiguous' } as const
}

function readApiError(answer: Answer): MicrosoftAnswer {
  // Graph nests its error, Partner Center does not, the gateway before it says statusCode and message.
  const nested = field(answer.json, 'error')
  const body = typeof nested === 'object' && nested !== null ? nested : answer.json
  const inner = field(body, 'innerError')
  return present({
    code: textField(body, 'code'),
    message: textField(body, 'message') ?? textField(body, 'description') ?? excerpt(answer),
    traceId:
      textField(inner, 'request-id') ??
      answer.headers.get('ms-requestid') ??
      answer.headers.get('request-id') ??
      undefined,
    correlationId: answer.headers.get('ms-correlationid') ?? textField(inner, 'client-request-id'),
    timestamp: textField(inner, 'date') ?? answer.headers.get('date') ?? undefined,
    httpStatus: answer.status || undefined,
  })
}

function excerpt(answer: Answer): string | undefined {
  const words = answer.text
    .replaceAll(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return words === '' ? undefined : words.slice(0, 200)
}

function isPassing(answer: Answer, microsoft: MicrosoftAnswer): boolean {
  const { status } = answer
  if (answer.passes) return true
  return status === 0 || status === 408 || status === 429 || status >= 500 || microsoft.code === LOOP_DETECTED
}

function passing(microsoft: MicrosoftAnswer, waits: number | undefined): Diagnosis {
  return diagnosis('microsoft_slow', 'transient', {}, microsoft, waits)
}

function diagnosis(
  code: ErrorCode,
  verdict: Verdict,
  values: Values,
  microsoft: MicrosoftAnswer,
  waits?: number,
): Diagnosis {
  return { problem: problem(code, values, microsoft), verdict, retryAfterSeconds: waits }
}

/** Facts for the words only; nothing is decided by them. */
function readValues(message: string): Values {
  const revoked = /TokensValidFrom date[^']*'(\d{4}-\d\d-\d\d)/.exec(message)?.[1]
  const seconds = Number(/maximum allowed lifetime for this request is (\d+)/.exec(message)?.[1])
  return {
    ...(revoked ? { date: revoked } : {}),
    ...(seconds > 0 ? { n: Math.max(1, Math.round(seconds / 86_400)) } : {}),
  }
}

function present<T extends Record<string, unknown>>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Object.fromEntries loses the keys' types; only undefined members were dropped.
  return Object.fromEntries(Object.entries(value).filter(([, it]) => it !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
