import { andMore, ITEM } from './telling-parts.ts'
import type { Payload } from './telling-words.ts'

// learn.microsoft.com/connectors/teams, known limitations: about 28 KB with everything that Teams makes of it, so that less
// is allowed of what is sent.
const MOST_BYTES = 20_000
const LONGEST_LINE = 600

/**
 * A message for Microsoft Teams (workflow "when a webhook request is received"): an Adaptive Card as JSON, small enough
 * to be taken. Where there are too many names the last are left out, and counted.
 */
export function teamsCard({ data }: Payload): string {
  const { title, text, url, support, reminder } = data
  const foot = [support, reminder].filter((it) => it !== undefined)
  let lines = text.split('\n')
  for (;;) {
    const card = JSON.stringify(cardOf(title, lines, foot, url))
    const fewer = Buffer.byteLength(card) > MOST_BYTES ? withoutLast(lines) : null
    if (!fewer) return card
    lines = fewer
  }
}

const MORE = new RegExp(`^${andMore(0).replace('0', String.raw`(\d+)`)}$`)

/** One name fewer; null when there is none to leave out. */
function withoutLast(lines: readonly string[]): string[] | null {
  const last = lines.findLastIndex((it) => it.startsWith(ITEM))
  if (last === -1) return null
  const count = Number(MORE.exec(lines[last + 1] ?? '')?.[1] ?? 0)
  return [...lines.slice(0, last), andMore(count + 1), ...lines.slice(last + (count > 0 ? 2 : 1))]
}

// Text runs, because text blocks read Markdown: what a tenant calls itself could pose as a link.
function cardOf(title: string, lines: readonly string[], foot: readonly string[], url: string) {
  const body = [
    textOf(title, { weight: 'Bolder', size: 'Medium' }),
    ...lines.filter((it) => it !== '').map((it) => textOf(it)),
    ...foot.map((it) => textOf(it, { isSubtle: true, size: 'Small' })),
  ]
  const actions = [{ type: 'Action.OpenUrl', title: 'Open Consentry', url }]
  const content = { type: 'AdaptiveCard', version: '1.4', body, actions }
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
  }
}

function textOf(text: string, look: Readonly<Record<string, string | boolean>> = {}) {
  const shown = text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: shown, ...look }] }
}
