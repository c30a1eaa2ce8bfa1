import { readFileSync } from 'node:fs'

import { aadstsCodes } from '@consentry/microsoft-simulator'
import { beforeEach, describe, expect, it } from 'vitest'

import { renderConsoleTable, renderPage } from '../scripts/render-diagnosis.ts'
import { API_CODES, CODES } from '../src/diagnosis-table.ts'
import { diagnoseToken } from '../src/diagnosis.ts'
import { factsOf } from '../src/diagnosis-facts.ts'
import { PROBLEMS, type ErrorCode } from '../src/index.ts'
import { consent, createBench, tenant, type Bench } from './bench.ts'
import { ACTS, ELSEWHERE, FAULTS, LEFT_OUT, RULES, VARIATIONS } from './misbehaviours.ts'
import { EDGES, refusedTwice, sleepOver, type Driven } from './situations.ts'

let bench: Bench

beforeEach(async () => {
  bench = await createBench()
  await consent(bench)
})

let recognised = 0
let situations = 0

/** Drives one, and counts whether it ends in the words that it is expected to. */
async function count([expected, drive]: Driven): Promise<string> {
  situations += 1
  const said = await drive(bench)
  if (said === expected) recognised += 1
  return said
}

describe('a code that Microsoft documents', () => {
  it.each([...CODES])('%s ends in its own words', async (number, { code }) => {
    expect(await count([code, () => refusedTwice(bench, { aadsts: Number(number) })])).toBe(code)
  })

  it.each(Object.entries(LEFT_OUT))('%s is read by its error', async (number, said) => {
    expect(await count([said, () => refusedTwice(bench, { aadsts: Number(number) })])).toBe(said)
  })

  it('has words in the simulator, or is one that we left out', () => {
    const known = new Set([...CODES.keys(), ...Object.keys(LEFT_OUT)])
    expect(aadstsCodes().filter((it) => !known.has(String(it)))).toEqual([])
  })

  it.each([...API_CODES])('%s of Partner Center ends in its own words', async (number, { code }) => {
    const then = { status: 403, json: { code: Number(number), description: 'Told.' } }
    bench.microsoft.control.addFault({ on: { host: 'partnerCenter' }, then })
    expect(await count([code, () => sleepOver(bench)])).toBe(code)
  })
})

describe('an edge behaviour', () => {
  it.each(Object.entries(EDGES))('(%s) ends in its own words', async (_, driven) => {
    expect(await count(driven)).toBe(driven[0])
  })
})

const rowsOf = (catalogue: Readonly<Record<string, readonly Driven[]>>) =>
  Object.entries(catalogue).flatMap(([name, all]) => all.map((driven) => [name, ...driven] as const))

describe('what the simulator can do', () => {
  it.each([...rowsOf(FAULTS), ...rowsOf(VARIATIONS), ...rowsOf(RULES), ...rowsOf(ACTS)])(
    '(%s) ends as %s',
    async (_, said, drive) => {
      expect(await count([said, drive])).toBe(said)
    },
  )

  // Those of an answer are compared by the compiler.
  it('is driven, all of it', () => {
    const { control, state } = bench.microsoft
    expect(Object.keys(VARIATIONS).toSorted()).toEqual(Object.keys(control.settings).toSorted())
    expect(Object.keys(RULES).toSorted()).toEqual(
      Object.keys(state.tenants.get(tenant.id)?.policies ?? {}).toSorted(),
    )
    expect([...Object.keys(ACTS), ...ELSEWHERE].toSorted()).toEqual(Object.keys(control).toSorted())
    const all = [FAULTS, VARIATIONS, RULES, ACTS].flatMap((it) => Object.entries(it))
    expect(all.filter(([, driven]) => driven.length === 0).map(([name]) => name)).toEqual([])
  })
})

describe('all situations', () => {
  it('are recognised, and counted on the page of codes', () => {
    console.log(`situations recognised ${recognised} of ${situations}`)
    expect(recognised).toBe(situations)
    expect(readFileSync(new URL('../../../docs/diagnosis.md', import.meta.url), 'utf8')).toContain(
      `| ${recognised} of ${situations} |`,
    )
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
