import type { Request } from 'express'

import { de } from './words/de.ts'
import { en, type Words } from './words/en.ts'
import { es } from './words/es.ts'
import { fr } from './words/fr.ts'
import type { ProblemWords } from './words/problem-words.ts'
import { de as problemsDe } from './words/problems/de.ts'
import { es as problemsEs } from './words/problems/es.ts'
import { fr as problemsFr } from './words/problems/fr.ts'
import { sv as problemsSv } from './words/problems/sv.ts'
import { sv } from './words/sv.ts'

/** What the pages speak. English first: it is what a browser gets that asks for nothing, or for anything. */
export const LANGUAGES: Readonly<Record<string, Words>> = { en, de, fr, es, sv }

const PROBLEMS: Readonly<Record<string, ProblemWords>> = {
  de: problemsDe,
  fr: problemsFr,
  es: problemsEs,
  sv: problemsSv,
}

/** The words of the language that the browser likes best among ours (RFC 9110, Accept-Language), else English. */
export function wordsFor(request: Request): Words {
  const asked = request.acceptsLanguages(Object.keys(LANGUAGES))
  return (asked && LANGUAGES[asked]) || en
}

/** Problems in the language of these words; undefined for English, which the catalogue speaks itself. */
export function problemWords({ lang }: Words): ProblemWords | undefined {
  return PROBLEMS[lang]
}
