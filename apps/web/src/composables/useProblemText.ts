import { useI18n } from 'vue-i18n'
import { isKnownCode, placeholders, type ProblemCode } from '../problems.ts'
import type { Problem } from '../types.ts'

export type ProblemValues = Readonly<Record<string, string | null | undefined>>
export type ProblemText = {
  readonly title: string
  readonly why: string
  readonly todo: string
  readonly button: string
}

/**
 * The catalogue's words for a problem. A sentence whose values are unknown gives way to the API's own,
 * and so does every code that the catalogue lacks.
 */
export function useProblemText() {
  const { t, tm, te, locale } = useI18n()

  /** Empty when something that fills it is not known. */
  function sentence(key: string, values: ProblemValues): string {
    const raw: unknown = te(key) ? tm(key) : ''
    if (typeof raw !== 'string' || raw === '') return ''
    if (placeholders(raw).some((name) => !values[name])) return ''
    return t(key, { ...values })
  }

  /** The sentence as the help pages show it: "the account" where no account is known. */
  function generalised(code: ProblemCode, part: 'title' | 'why' | 'todo', known: ProblemValues = {}): string {
    const key = `problems.${code}.${part}`
    const raw: unknown = te(key) ? tm(key) : ''
    const names = typeof raw === 'string' ? placeholders(raw) : []
    const kindOf = (name: string) => {
      const kind = [`help.valuesIn.${code}.${name}`, `help.values.${name}`].find((it) => te(it))
      return kind ? t(kind) : `{${name}}`
    }
    return t(key, Object.fromEntries(names.map((name) => [name, known[name] || kindOf(name)])))
  }

  function describe(problem: Problem, known: ProblemValues = {}): ProblemText {
    const values = { ...known, ...problem.values }
    if (problem.code === 'unreachable') {
      return { title: t('app.notAvailable'), why: '', todo: '', button: t('app.tryAgain') }
    }
    if (!isKnownCode(problem.code)) {
      const action = problem.action ? t(`problem.actions.${problem.action}`) : ''
      return { title: problem.title, why: problem.detail, todo: action, button: '' }
    }
    const key = `problems.${problem.code}`
    const why = sentence(`${key}.why`, values)
    const todo = sentence(`${key}.todo`, values)
    // The API's detail says why and what to do, with every value filled in; but in English.
    const [apiTitle, apiDetail] = locale.value === 'en' ? [problem.title, problem.detail] : ['', '']
    const told = why && todo ? '' : apiDetail
    return {
      title: sentence(`${key}.title`, values) || apiTitle || generalised(problem.code, 'title', values),
      why: told || why || generalised(problem.code, 'why', values),
      todo: told ? '' : todo || generalised(problem.code, 'todo', values),
      button: sentence(`${key}.button`, values),
    }
  }

  /** One short line for lists; a reason that is no code is shown as it came. */
  function reason(code: string | null | undefined, known: ProblemValues = {}): string {
    if (!code) return ''
    return sentence(`problems.${code}.title`, known) || (code.includes(' ') ? code : '')
  }
  return { describe, reason, generalised, sentence }
}
