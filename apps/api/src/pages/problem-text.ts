import { fillGaps, PERMISSIONS, valuesOf, type Problem } from '@consentry/core'

import { problemWords } from './languages.ts'
import type { Words } from './words/en.ts'
import { isOutsiderCode, type ProblemWords } from './words/problem-words.ts'

export type ProblemText = {
  readonly title: string
  readonly detail: string
  /** The language, where it is another than the page's. */
  readonly lang?: 'en'
}

type Told = Pick<Problem, 'code' | 'title' | 'detail'>

/**
 * A problem in the page's language, with the values that its English words were filled with. Those English words, marked
 * as such, where a code has no others.
 */
export function problemText(words: Words, told: Told, known: Values = {}): ProblemText {
  const { code, title, detail } = told
  const translated = problemWords(words)
  if (!translated) return { title, detail }
  if (!isOutsiderCode(code)) return { title, detail, lang: 'en' }
  const values: Values = { ...translated.neutral, ...known, ...translateValues(translated, valuesOf(told)) }
  const [titleSays, detailSays] = translated.codes[code]
  const valueOf = (gap: string) => values[gap] ?? ''
  return { title: fillGaps(titleSays, valueOf), detail: fillGaps(detailSays, valueOf) }
}

type Values = Readonly<Record<string, string>>

// A permission is told by its English title and what needs it; scopes that have none stay as they are.
function translateValues({ permissions }: ProblemWords, values: Values): Values {
  const known = PERMISSIONS.find((it) => it.title === values.permission)
  const words = known && permissions[known.name]
  return words ? { ...values, permission: words.title, feature: words.feature } : values
}
