import { LADDER, readGaps, type CheckKind, type CheckRow } from '@consentry/core'

import { fill, html, type Html } from './html.ts'
import { problemText } from './problem-text.ts'
import { en, type Words } from './words/en.ts'

/** The eight rungs; `running` while more of them are to come. */
export function ladder(words: Words, checks: readonly CheckRow[], running: boolean): Html {
  const next = running ? LADDER.find((kind) => !checks.some((it) => it.kind === kind)) : undefined
  const rungs = LADDER.map((kind) => {
    const check = checks.find((it) => it.kind === kind)
    return check ? climbed(words, check) : ahead(words, kind, kind === next)
  })
  return html`<h2>${words.result.checked}</h2>
    <ol class="rungs">
      ${rungs}
    </ol>`
}

function climbed(words: Words, check: CheckRow): Html {
  const { passed, failed } = words.result
  if (check.ok) return rung('✓', 'ok', words.rungs[check.kind].title, proven(words, check), passed)
  const { title, lang } = problemText(words, check)
  return rung('✕', 'no', words.rungs[check.kind].title, says(title, lang), failed)
}

function ahead({ rungs, result }: Words, kind: CheckKind, checking: boolean): Html {
  const { title, checking: doing } = rungs[kind]
  const [line, state] = checking ? [doing, result.running] : [result.notReached, result.notReached]
  return rung('·', 'yet', title, says(line), state)
}

function rung(sign: string, look: string, title: string, line: Html, state: string): Html {
  return html`<li>
    <span class="${look}" aria-hidden="true">${sign}</span>
    <div><b>${title}</b>${line}<span class="hidden">${state}</span></div>
  </li>`
}

function says(line: string | Html, lang?: 'en'): Html {
  return html`<span class="quiet" ${lang && html` lang="${lang}"`}>${line}</span>`
}

/** What a passed rung says; kept in English, so that its sentence tells which of ours it is. */
function proven(words: Words, { kind, detail }: CheckRow): Html {
  if (words.lang === en.lang) return says(detail)
  const ours = words.rungs[kind]
  if (detail === en.rungs[kind].passed) return says(ours.passed)
  const found = readGaps(en.rungs[kind].found, detail)
  return found ? says(fill(ours.found, { ...found, month: monthOf(words, found.month) })) : says(detail, 'en')
}

function monthOf({ locale }: Words, month: string | undefined): string | undefined {
  if (!month || !/^\d{4}-\d{2}$/.test(month)) return month
  return new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`),
  )
}
