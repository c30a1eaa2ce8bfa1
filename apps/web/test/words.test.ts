import {
  APPLICATION_ENDS,
  AUDIT_ACTIONS,
  END_KINDS,
  NOTIFICATION_EVENTS,
  SCOPES as ALL_SCOPES,
} from '@consentry/core'
import { expect, it } from 'vitest'

import { grouped, SUBJECTS } from '../src/composables/useAudit.ts'
import { EVENTS } from '../src/composables/useChannels.ts'
import { FACTS } from '../src/diagnosis-table.ts'
import { en } from '../src/locales/en.ts'
import { en as more } from '../src/locales/more/en.ts'
import { PROBLEM_CODES } from '../src/problems.ts'
import { SCOPES } from '../src/scopes.ts'
import type { AuditEntry } from '../src/types.ts'

it('has words for everything that the audit log tells', () => {
  const words: Readonly<Record<string, string>> = en.audit.actions
  expect(AUDIT_ACTIONS.filter((it) => !words[it.replace('.', '_')])).toEqual([])
  expect(Object.keys(words)).toHaveLength(AUDIT_ACTIONS.length)
})

it('offers every subject of an organisation to filter its log by, with words', () => {
  const words: Readonly<Record<string, string>> = en.audit.subjects
  // Of the installation, and in no organisation's log.
  const operators = ['keys', 'backup']
  const all = new Set(AUDIT_ACTIONS.map((it) => it.split('.', 1).join('')))
  expect(new Set([...SUBJECTS, ...operators])).toEqual(all)
  expect(SUBJECTS.filter((it) => !words[it])).toEqual([])
})

it('offers everything that somebody can be told of, with words', () => {
  const words: Readonly<Record<string, string>> = en.notifications.events
  expect(new Set<string>(EVENTS)).toEqual(new Set(NOTIFICATION_EVENTS))
  expect(EVENTS.filter((it) => !words[it.replace('.', '_')])).toEqual([])
})

it('says of everything that is to come why, how that is known and what to do', () => {
  const ends: Readonly<Record<string, unknown>> = en.ends
  const complete = {
    short: expect.any(String),
    why: expect.any(String),
    known: expect.any(String),
    todo: expect.any(String),
  }
  for (const kind of END_KINDS) expect([kind, ends[kind]]).toMatchObject([kind, complete])
  const kinds: readonly string[] = [...END_KINDS, ...APPLICATION_ENDS, 'plain', 'ahead']
  expect(Object.keys(ends).toSorted()).toEqual(kinds.toSorted())
})

it('says of each code who acts and how grave it is, in words', () => {
  expect(PROBLEM_CODES.filter((it) => !FACTS[it])).toEqual([])
  const { actors, severities } = more.help
  for (const { actor, severity } of Object.values(FACTS))
    expect([actors[actor], severities[severity]]).toEqual([expect.any(String), expect.any(String)])
})

it('offers every scope, with words for each', () => {
  expect(new Set<string>(SCOPES)).toEqual(new Set(ALL_SCOPES))
  for (const words of [en.keys.scopes, en.keys.short] as Readonly<Record<string, string>>[])
    expect(ALL_SCOPES.filter((it) => !words[it.replace(':', '_')])).toEqual([])
})

it('shows the tokens that one service got on one day, one after the other, as one line', () => {
  const entry = (
    sequence: number,
    action: string,
    name: string,
    at = '2026-11-24T07:00:00Z',
  ): AuditEntry => ({
    sequence,
    at,
    action,
    actor: { kind: 'service_key', name, email: null },
    microsoftId: null,
    details: {},
    hash: '',
  })
  const groups = grouped([
    entry(6, 'token.issued', 'erp'),
    entry(5, 'token.issued', 'erp'),
    entry(4, 'token.issued', 'crm'),
    entry(3, 'person.signed_in', 'Ida'),
    entry(2, 'person.signed_in', 'Ida'),
    entry(1, 'token.issued', 'crm', '2026-11-23T07:00:00Z'),
  ])
  expect(groups.map((it) => [it.entry.sequence, it.more.length])).toEqual([
    [6, 1],
    [4, 0],
    [3, 0],
    [2, 0],
    [1, 0],
  ])
})
