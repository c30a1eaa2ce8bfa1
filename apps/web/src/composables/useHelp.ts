import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { CATALOGUE, PROBLEM_CODES, placeholders } from '../problems.ts'

export type HelpItem = {
  readonly code: string
  readonly microsoft: readonly string[]
  readonly title: string
  readonly why: string
  readonly todo: string
}

/** The catalogue as readable pages; values that only a case has are shown by their kind. */
export function useHelp() {
  const { t, te, tm } = useI18n()

  function sentence(key: string): string {
    const raw: unknown = tm(key)
    const names = typeof raw === 'string' ? placeholders(raw) : []
    return t(key, Object.fromEntries(names.map((name) => [name, kindOf(name)])))
  }
  function kindOf(name: string): string {
    return te(`help.values.${name}`) ? t(`help.values.${name}`) : `{${name}}`
  }
  const entries = computed<HelpItem[]>(() =>
    PROBLEM_CODES.map((code) => ({
      code,
      microsoft: CATALOGUE[code].microsoft,
      title: sentence(`problems.${code}.title`),
      why: sentence(`problems.${code}.why`),
      todo: sentence(`problems.${code}.todo`),
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
