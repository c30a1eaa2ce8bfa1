import { expect, it } from 'vitest'
import { LADDER as CORE_LADDER } from '../../../packages/core/src/types.ts'
import { groupIntoRounds, LADDER } from '../src/rounds.ts'
import type { Check, CheckKind } from '../src/types.ts'

function check(kind: CheckKind, startedAt: string, ok = true): Check {
  return { kind, ok, code: ok ? 'ok' : 'mfa_missing', title: '', detail: '', startedAt, ms: 200 }
}

it('knows the rungs of the core, in their order', () => {
  expect(LADDER).toEqual(CORE_LADDER)
})

it('takes the checks of one night together, newest night first', () => {
  const rounds = groupIntoRounds([
    check('grant', '2026-11-23T01:41:00Z'),
    check('partner_center', '2026-11-23T01:41:01Z'),
    check('grant', '2026-11-22T00:54:00Z'),
  ])
  expect(rounds.map((round) => round.checks.length)).toEqual([2, 1])
  expect(rounds[0]?.startedAt).toBe('2026-11-23T01:41:00Z')
})

it('begins anew when a rung comes again, however soon', () => {
  const rounds = groupIntoRounds([
    check('grant', '2026-11-23T01:41:00Z'),
    check('account', '2026-11-23T01:41:01Z', false),
    check('grant', '2026-11-23T01:41:20Z'),
  ])
  expect(rounds.map((round) => round.ok)).toEqual([true, false])
})

it('begins anew after a long pause', () => {
  const rounds = groupIntoRounds([
    check('grant', '2026-11-23T01:00:00Z'),
    check('account', '2026-11-23T01:30:00Z'),
  ])
  expect(rounds).toHaveLength(2)
})
