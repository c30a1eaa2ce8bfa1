import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../../packages/core/src/problems.ts'
import { i18n, LANGUAGES, LOADERS, MORE, type Language } from '../src/i18n.ts'
import { en } from '../src/locales/en.ts'
import { en as more } from '../src/locales/more/en.ts'
import { PROBLEM_CODES, buttonOf, isKnownCode, placeholders } from '../src/problems.ts'
import { ALIKE, NAMES } from './alike.ts'

const SOURCE = new URL('../src/', import.meta.url)
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.(vue|ts)$/.test(name),
)
const code = files
  .filter((name) => !name.startsWith('locales'))
  .map((name) => readFileSync(new URL(name, SOURCE), 'utf8'))
  .join('\n')

const english = new Map([...flat(en), ...flat(more)])
const wordsOf = async (language: Language) =>
  new Map([...flat(await LOADERS[language]()), ...flat(await MORE[language]())])

/** A letter right beside a placeholder: an ending, which fits some names and not others. */
const GLUED = /[\p{L}]\{|\}[\p{L}]/u

describe('the catalogue', () => {
  it('has the forty-eight messages of the brief, eight of bad days, two of vaults, one of clouds, three of customers, three of own applications and one of roles', () => {
    expect(PROBLEM_CODES).toHaveLength(67)
    expect(Object.keys(en.problems).toSorted()).toEqual(PROBLEM_CODES.toSorted())
  })

  it.each(PROBLEM_CODES)('%s says what happened, why and what to do', (name) => {
    const { title, why, todo } = en.problems[name]
    for (const sentence of [title, why, todo]) expect(sentence).not.toBe('')
    expect(why.endsWith('.') && todo.endsWith('.')).toBe(true)
    expect([title, why, todo].join(' ')).not.toMatch(/please|oops|invalid|\berror\b|failed to|!/i)
  })

  it.each(PROBLEM_CODES)('%s has a code that the API can say', (name) => {
    expect(Object.keys(PROBLEMS)).toContain(name)
  })

  it('has a text for every button that does something here', () => {
    const silent = PROBLEM_CODES.filter(
      (name) => buttonOf({ code: name, title: '', detail: '' }) !== 'none' && en.problems[name].button === '',
    )
    expect(silent).toEqual([])
  })

  it('has instructions for every problem whose button copies them', () => {
    const needed = PROBLEM_CODES.filter(
      (name) => buttonOf({ code: name, title: '', detail: '' }) === 'instructions',
    )
    for (const name of needed) expect(Object.keys(en.instructions)).toContain(name)
  })

  it('knows a kind for every value that the help pages show, and overrides none in vain', () => {
    const kinds: Readonly<Record<string, string>> = en.help.values
    const own: Readonly<Record<string, Readonly<Record<string, string>>>> = en.help.valuesIn
    for (const name of PROBLEM_CODES) {
      const { title, why, todo } = en.problems[name]
      const values = placeholders([title, why, todo].join(' '))
      expect([name, values.filter((it) => !kinds[it] && !own[name]?.[it])]).toEqual([name, []])
      expect([name, Object.keys(own[name] ?? {}).filter((it) => !values.includes(it))]).toEqual([name, []])
    }
    expect(Object.keys(own).filter((name) => !isKnownCode(name))).toEqual([])
  })

  it('offers what the API suggests for a code it does not know', () => {
    expect(buttonOf({ code: 'from_the_future', title: '', detail: '', action: 'reconsent' })).toBe('sign_in')
    expect(buttonOf({ code: 'from_the_future', title: '', detail: '', action: 'fix_app' })).toBe('none')
  })
})

describe.each(Object.keys(LANGUAGES) as Language[])('the language %s', (language) => {
  it('has the keys of English, with their values and plural forms', async () => {
    const ours = await wordsOf(language)
    expect([...ours.keys()].toSorted()).toEqual([...english.keys()].toSorted())
    for (const [key, text] of english) {
      const own = ours.get(key) ?? ''
      expect([key, own.split(' | ').length]).toEqual([key, text.split(' | ').length])
      expect([key, own === '']).toEqual([key, text === ''])
    }
  })

  it('calls itself by its own name', async () => {
    const { name, tag } = await LOADERS[language]()
    expect([name, tag.slice(0, 2)]).toEqual([LANGUAGES[language], language])
  })

  it('has every placeholder of English, and glues nothing to one', async () => {
    const ours = await wordsOf(language)
    for (const [key, text] of english) {
      const own = ours.get(key) ?? ''
      expect([key, new Set(placeholders(own))]).toEqual([key, new Set(placeholders(text))])
      expect([key, own.match(GLUED)]).toEqual([key, null])
    }
  })
})

describe.each(Object.keys(LANGUAGES).filter((it) => it !== 'en') as Language[])(
  'the language %s',
  (language) => {
    it('writes as English only names and the words that were looked at', async () => {
      const ours = await wordsOf(language)
      const left = [...english]
        .filter(([key, text]) => ours.get(key) === text && /\p{L}/u.test(withoutPlaceholders(text)))
        .map(([, text]) => text)
        .filter((text) => !NAMES.has(text))
      expect([...new Set(left)].toSorted()).toEqual(ALIKE[language] ?? [])
    })
  },
)

it('offers every language that has a file', () => {
  for (const [folder, others] of [
    ['locales/', ['messages', 'more']],
    ['locales/more/', []],
  ] as const) {
    const written = readdirSync(new URL(folder, SOURCE)).map((name) => name.replace('.ts', ''))
    expect(written.toSorted()).toEqual([...Object.keys(LANGUAGES), ...others].toSorted())
  }
})

it('has each word in one file, so that the later hides none of the first', () => {
  expect([...flat(more).keys()].filter((it) => flat(en).has(it))).toEqual([])
})

it('ends a sentence once, though its last value has a full stop of its own', () => {
  i18n.global.setLocaleMessage('en', en)
  expect(i18n.global.t('problems.already_there.why', { name: 'Great Lakes Inc.' })).toBe(
    'It is in your list as Great Lakes Inc.',
  )
})

it('says in every language that it needs JavaScript', () => {
  const page = readFileSync(new URL('../index.html', SOURCE), 'utf8')
  const said = Array.from(
    page.matchAll(/<p lang="(\w+)">Consentry .*JavaScript\..+\.<\/p>/g),
    ([, language]) => language,
  )
  expect(said.toSorted()).toEqual(Object.keys(LANGUAGES).toSorted())
})

it('counts nothing as one in French, and as many elsewhere', () => {
  const { pluralRules } = i18n.global
  expect([0, 1, 2].map((n) => pluralRules['fr']?.(n, 2))).toEqual([0, 0, 1])
  expect([0, 1, 2, 9].map((n) => pluralRules['fr']?.(n, 3))).toEqual([0, 1, 2, 2])
})

it('names only texts that exist', () => {
  const known = english
  const used = Array.from(code.matchAll(/\bt\(\s*'([\w.]+)'/g), ([, key]) => key ?? '')
  expect(used.length).toBeGreaterThan(150)
  expect(used.filter((key) => !known.has(key))).toEqual([])
})

it('keeps no text that nobody shows', () => {
  const dynamic = Array.from(code.matchAll(/`([\w.]+)\.?\$\{/g), ([, start]) => start ?? '')
  const unused = [...english.keys()].filter(
    (key) =>
      !code.includes(`'${key}'`) &&
      !code.includes(`"${key}"`) &&
      !dynamic.some((start) => key.startsWith(start)),
  )
  expect(unused).toEqual([])
})

function flat(node: object, path = ''): Map<string, string> {
  return new Map(
    Object.entries(node).flatMap(([name, value]: [string, unknown]) => {
      const key = path === '' ? name : `${path}.${name}`
      if (typeof value === 'string') return [[key, value] as const]
      return typeof value === 'object' && value !== null ? [...flat(value, key)] : []
    }),
  )
}

function withoutPlaceholders(text: string): string {
  return text.replaceAll(/\{\w+\}/g, '')
}
