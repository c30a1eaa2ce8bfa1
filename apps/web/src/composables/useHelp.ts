import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { FACTS, type CodeFacts } from '../diagnosis-table.ts'
import { PROBLEM_CODES } from '../problems.ts'
import { folded, wordsOf } from '../search.ts'
import { useProblemText } from './useProblemText.ts'

export type HelpItem = {
  readonly code: string
  /** Who ends it, how grave it is, and Microsoft's own numbers with their pages. */
  readonly facts: CodeFacts
  readonly title: string
  readonly why: string
  readonly todo: string
}

/** The catalogue as readable pages; values that only a case has are shown by their kind. */
export function useHelp() {
  const { t } = useI18n()
  const { generalised } = useProblemText()

  const entries = computed<HelpItem[]>(() =>
    PROBLEM_CODES.map((code) => ({
      code,
      facts: FACTS[code],
      title: generalised(code, 'title'),
      why: generalised(code, 'why'),
      todo: generalised(code, 'todo'),
    })),
  )
  function find(text: string): HelpItem[] {
    const words = wordsOf(text.replace(/aadsts/gi, ''))
    return entries.value.filter((entry) => {
      const { code, title, why, todo, facts } = entry
      const who = t(`help.actors.${facts.actor}`)
      const numbers = facts.microsoft.map(([number]) => number)
      const all = folded([code, title, why, todo, who, ...numbers].join(' '))
      return words.every((word) => all.includes(word))
    })
  }
  return { entries, find }
}
