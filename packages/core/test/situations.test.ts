import { readFileSync } from 'node:fs'

import { beforeEach, describe, expect, it } from 'vitest'

import { renderConsoleTable, renderPage } from '../scripts/render-diagnosis.ts'
import { CODES } from '../src/diagnosis-table.ts'
import { diagnoseToken } from '../src/diagnosis.ts'
import { factsOf } from '../src/diagnosis-facts.ts'
import { PROBLEMS, refreshConnection, type ErrorCode } from '../src/index.ts'
import { consent, createBench, MINUTE, stored, type Bench } from './bench.ts'

let bench: Bench

beforeEach(async () => {
  bench = await createBench()
  await consent(bench)
})

/** What the connection is said to have once it was looked at twice, two minutes apart. */
async function meet(aadsts: number) {
  const fault = { on: { host: 'login', route: 'token' } as const, then: { aadsts } }
  bench.microsoft.control.addFault(fault)
  const first = await refreshConnection(bench, await stored(bench))
  if (first.code !== 'looking_again') return first
  bench.pass(2 * MINUTE)
  return refreshConnection(bench, await stored(bench))
}

let recognised = 0

describe('a code that Microsoft documents', () => {
  it.each([...CODES])('%s ends in its own words', async (number, { code }) => {
    const check = await meet(Number(number))
    expect(check.code).toBe(code)
    recognised += 1
  })

  it('is recognised, each of them', () => {
    console.log(`recognised ${recognised} of ${CODES.size}`)
    expect(recognised).toBe(CODES.size)
  })
})

describe('what is known of a code', () => {
  it.each(Object.keys(PROBLEMS) as ErrorCode[])('%s names who acts, and links to Microsoft', (code) => {
    const { actor, severity, microsoft } = factsOf(code)
    expect([actor, severity]).not.toContain(undefined)
    for (const { link } of microsoft)
      expect(link).toMatch(/^https:\/\/(learn\.microsoft\.com|login\.microsoftonline\.com)\//)
  })

  it.each([
    ['policy_block', 'administrator', 'stops'],
    ['signed_out', 'account', 'stops'],
    ['app_secret', 'operator', 'limits'],
    ['many_at_once', 'operator', 'limits'],
    ['microsoft_slow', 'nobody', 'passes'],
    ['malformed_id', 'caller', 'input'],
  ] as const)('%s is for %s and %s', (code, actor, severity) => {
    expect(factsOf(code)).toMatchObject({ actor, severity })
  })
})

describe('what is generated from the table', () => {
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

  it('is up to date on the page of codes (pnpm --filter @consentry/core generate)', () => {
    const page = read('docs/diagnosis.md')
    expect(renderPage(page)).toBe(page)
  })

  it('is up to date in the console (pnpm --filter @consentry/core generate)', () => {
    expect(read('apps/web/src/diagnosis-table.ts')).toBe(renderConsoleTable())
  })
})

describe('the age of a refresh token', () => {
  it('is left out where Microsoft does not tell it', () => {
    const answer = { status: 400, headers: new Headers(), text: '', json: { error: 'invalid_grant' } }
    expect(diagnoseToken(answer, bench.now()).problem.microsoft).not.toHaveProperty('refreshTokenAgeMs')
  })
})
