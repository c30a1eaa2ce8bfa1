import { computed } from 'vue'
import { MICROSOFT } from '../diagnosis-table.ts'
import { PROBLEM_CODES } from '../problems.ts'
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
      title: generalised(`problems.${code}.title`),
      why: generalised(`problems.${code}.why`),
      todo: generalised(`problems.${code}.todo`),
    })),
  )
  function find(text: string): HelpItem[] {
    const words = text
      .toLowerCase()
      .replace(/aadsts/g, '')
      .split(/\s+/)
      .filter(Boolean)
    return entries.value.filter((entry) => {
      const all = [entry.code, entry.title, entry.why, entry.todo, ...entry.microsoft].join(' ').toLowerCase()
      return words.every((word) => all.includes(word))
    })
  }
  return { entries, find }
}
