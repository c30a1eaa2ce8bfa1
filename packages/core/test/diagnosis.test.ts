import { describe, expect, it } from 'vitest'

import { CODES } from '../src/diagnosis-table.ts'
import { diagnoseApi, diagnoseAuthorize, diagnoseToken } from '../src/diagnosis.ts'
import { problem, PROBLEMS } from '../src/index.ts'
import type { Answer } from '../src/microsoft/http.ts'

const NOW = new Date('2026-11-23T07:00:00Z')

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { status, headers: new Headers(headers), text, json: typeof body === 'string' ? undefined : body }
}

function entra(code: number, error: string, suberror?: string, status = 400): Answer {
  return answer(status, {
    error,
    error_description: `AADSTS${code}: Something.\r\nTrace ID: 11111111-1111-4111-8111-111111111111\r\nCorrelation ID: 2\r\nTimestamp: 2026-11-23 07:00:00Z`,
    error_codes: [code],
    trace_id: '11111111-1111-4111-8111-111111111111',
    ...(suberror ? { suberror } : {}),
  })
}

describe('an answer of the token endpoint', () => {
  it.each([...CODES.keys()])('with AADSTS%s has words that leave no gap', (code) => {
    const { problem: told } = diagnoseToken(entra(Number(code), 'invalid_grant'), NOW)
    expect(told.code in PROBLEMS).toBe(true)
    expect(`${told.title} ${told.detail}`).not.toMatch(/[{}]|undefined|null/)
    expect(told.microsoft?.traceId).toBeDefined()
  })

  it.each([
    [entra(99999999, 'invalid_grant'), 'grant_refused', 'ambiguous'],
    [entra(99999999, 'invalid_grant', 'user_password_expired'), 'password_expired', 'ambiguous'],
    [entra(99999999, 'invalid_client', undefined, 401), 'app_secret', 'app'],
    [entra(99999999, 'temporarily_unavailable'), 'microsoft_slow', 'transient'],
    [entra(50196, 'invalid_grant'), 'microsoft_slow', 'transient'],
    [entra(50173, 'invalid_grant', 'bad_token', 503), 'microsoft_slow', 'transient'],
    [answer(429, ''), 'microsoft_slow', 'transient'],
    [answer(503, '<html>'), 'microsoft_slow', 'transient'],
    [answer(0, 'timeout'), 'microsoft_slow', 'transient'],
    [answer(200, '<html>'), 'microsoft_answered_badly', 'transient'],
    [answer(400, '<html>'), 'microsoft_answered_badly', 'transient'],
    [answer(302, ''), 'microsoft_answered_badly', 'transient'],
  ])('never breaks a connection unless it is sure (%#)', (given, code, verdict) => {
    expect(diagnoseToken(given, NOW)).toMatchObject({ problem: { code }, verdict })
  })

  it('keeps what Microsoft support asks for, whatever separates its parts', () => {
    for (const separator of ['\r\n', ' ']) {
      const given = answer(
        400,
        {
          error: 'invalid_grant',
          error_description: `AADSTS50173: Revoked on purpose.${separator}Trace ID: t${separator}Correlation ID: c`,
          correlation_id: 'c',
          timestamp: '2026-11-23 07:00:00Z',
        },
        { 'x-ms-request-id': 't', 'x-ms-clitelem': '1,50173,0,604687.0128,' },
      )
      expect(diagnoseToken(given, NOW).problem.microsoft).toEqual({
        error: 'invalid_grant',
        code: '50173',
        message: 'AADSTS50173: Revoked on purpose.',
        traceId: 't',
        correlationId: 'c',
        timestamp: '2026-11-23 07:00:00Z',
        httpStatus: 400,
        refreshTokenAgeMs: 604687.0128,
      })
    }
  })

  it('reads Retry-After as seconds and as a date', () => {
    expect(diagnoseToken(answer(429, '', { 'retry-after': '57' }), NOW).retryAfterSeconds).toBe(57)
    const date = new Date(NOW.getTime() + 90_000).toUTCString()
    expect(diagnoseToken(answer(429, '', { 'retry-after': date }), NOW).retryAfterSeconds).toBe(90)
    expect(diagnoseToken(answer(429, '', { 'retry-after': 'soon' }), NOW).retryAfterSeconds).toBeUndefined()
  })
})

describe('an answer of Partner Center or Graph', () => {
  it.each([
    [
      answer(403, { code: 900150, description: 'The supplied role…', data: [], source: 'PartnerFD' }),
      'role_missing',
    ],
    [answer(403, { code: '900150' }), 'role_missing'],
    [answer(401, { code: 900421 }), 'mfa_missing'],
    [answer(401, 'Unauthorized - MFA required'), 'mfa_missing'],
    [answer(403, { code: 900124 }), 'agreement_missing'],
    [answer(403, { code: 900149 }), 'programme_inactive'],
    [answer(403, ''), 'billing_refused'],
    [answer(401, '<html>'), 'billing_refused'],
    [
      answer(403, { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges' } }),
      'billing_refused',
    ],
    [answer(429, { statusCode: 429, message: 'Rate limit is exceeded.' }), 'microsoft_slow'],
    [answer(502, ''), 'microsoft_slow'],
  ])('is understood in each of its shapes (%#)', (given, code) => {
    expect(diagnoseApi(given, NOW, 'billing_refused').problem.code).toBe(code)
  })
})

describe('the words of a problem', () => {
  it.each(Object.keys(PROBLEMS))('%s fill every gap and say nothing undefined', (code) => {
    const told = problem(code as keyof typeof PROBLEMS)
    expect(`${told.title} ${told.detail}`).not.toMatch(/[{}]|undefined/)
  })
})

describe('an error that comes back with the browser', () => {
  it.each([
    ['access_denied', 'AADSTS65004: User declined', 'consent_declined'],
    ['access_denied', undefined, 'consent_declined'],
    ['invalid_client', 'AADSTS650052: The app needs access to a service', 'no_partner_center'],
    ['temporarily_unavailable', undefined, 'microsoft_slow'],
    ['something_new', 'AADSTS99999999: never seen', 'grant_refused'],
  ])('%s (%s) is told as %s', (error, description, code) => {
    expect(diagnoseAuthorize(error, description).code).toBe(code)
  })
})
