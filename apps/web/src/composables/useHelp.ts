import { computed } from 'vue'
import { MICROSOFT } from '../diagnosis-table.ts'
import { PROBLEM_CODES } from '../problems.ts'
import { folded, wordsOf } from '../search.ts'
import { useProblemText } from './useProblemText.ts'

export type HelpItem = {
  readonly code: string
  readonly microsoft: readonly string[]
  readonly title: string
  readonly why: string
  readonly todo: string
}

/** The catalogue as readable pages; values that only a case has are shown by their kind. */
export function useHelp() {
  const { generalised } = useProblemText()

  const entries = computed<HelpItem[]>(() =>
    PROBLEM_CODES.map((code) => ({
      code,
      microsoft: MICROSOFT[code] ?? [],
      title: generalised(code, 'title'),
      why: generalised(code, 'why'),
      todo: generalised(code, 'todo'),
    })),
  )
  function find(text: string): HelpItem[] {
    const words = wordsOf(text.replace(/aadsts/gi, ''))
    return entries.value.filter((entry) => {
      const all = folded([entry.code, entry.title, entry.why, entry.todo, ...entry.microsoft].join(' '))
      return words.every((word) => all.includes(word))
    })
  }
  return { entries, find }
}
