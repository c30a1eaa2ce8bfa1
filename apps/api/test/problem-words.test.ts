import { PERMISSIONS, problem, PROBLEMS, type ErrorCode } from '@consentry/core'
import { describe, expect, it } from 'vitest'

import { LANGUAGES, problemWords } from '../src/pages/languages.ts'
import { problemText } from '../src/pages/problem-text.ts'
import { en } from '../src/pages/words/en.ts'
import { fr } from '../src/pages/words/fr.ts'
import { OUTSIDER_CODES } from '../src/pages/words/problem-words.ts'
import { fr as problemsFr } from '../src/pages/words/problems/fr.ts'
import { englishIn, leavesOf } from './english.ts'

/** Every language but English, which the catalogue speaks itself. */
const TOLD = Object.values(LANGUAGES)
  .filter((it) => it !== en)
  .map((words) => {
    const told = problemWords(words)
    if (!told) throw new Error(`There are no problems in ${words.lang}.`)
    return [words, told] as const
  })

describe.each(TOLD)('problems in $lang', (words, told) => {
  it.each(OUTSIDER_CODES)('%s is told with its values and without English', (code) => {
    const values = { tenant: 'T1', account: 'A1', other: 'O1', person: 'P1', reference: 'R1', id: 'K1' }
    for (const filled of [values, {}]) {
      const { title, detail, lang } = problemText(words, problem(code, filled))
      expect(lang).toBeUndefined()
      expect(englishIn(`${title} ${detail}`)).toEqual([])
      expect(title).not.toMatch(/[.!]$/)
      expect(detail).toMatch(/\.$/)
    }
    const said = told.codes[code].join(' ')
    for (const [, gap] of said.matchAll(/\{(\w+)\}/g)) {
      expect(PROBLEMS[code].title + PROBLEMS[code].why + PROBLEMS[code].remedy).toContain(`{${gap}}`)
      expect(told.neutral).toHaveProperty(gap ?? '')
    }
    const { detail } = problemText(words, problem(code, values))
    for (const [name, value] of Object.entries(values))
      expect(detail.includes(value)).toBe(said.includes(`{${name}}`))
  })

  it('name each permission', () => {
    for (const { name, title, feature } of PERMISSIONS) {
      const { title: says, detail } = problemText(
        words,
        problem('permission_missing', { permission: title, feature }),
      )
      expect(says).toContain(told.permissions[name]?.title)
      expect(detail).toContain(told.permissions[name]?.feature)
    }
  })

  it('prefer what the words say to what the page knows, and end a name once', () => {
    const known = { tenant: 'Great Lakes Inc.' }
    expect(problemText(words, problem('guest_account', { tenant: 'Nordwind' }), known).detail).toContain(
      'Nordwind',
    )
    const { detail } = problemText(words, problem('other_company'), known)
    expect(detail).toContain('Great Lakes Inc.')
    expect(detail).not.toContain('..')
  })

  it('fall back to English, marked as such, where there are no others', () => {
    const code: ErrorCode = 'legacy_invoice'
    const { title, detail } = problem(code)
    expect(problemText(words, problem(code))).toEqual({ title, detail, lang: 'en' })
  })
})

it('writes French with its spaces', () => {
  for (const text of [...leavesOf(fr), ...leavesOf(problemsFr)]) {
    expect(text).not.toMatch(/[^\u202F][;:!?»]|«[^\u202F]|'/)
  }
})

it('speaks English as the catalogue does', () => {
  const told = problem('mfa_missing', { account: 'svc@nordwind.example' })
  expect(problemText(en, told)).toEqual({ title: told.title, detail: told.detail })
})
