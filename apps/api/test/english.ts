import { PROBLEMS } from '@consentry/core'

import { en } from '../src/pages/words/en.ts'

// Names that people search for at Microsoft stay beside the translated ones.
const NAMES = new Set([
  'Privileged Role Administrator',
  'Admin Agent',
  'Trace ID',
  'Correlation ID',
  'pnpm build',
])

/** Every English sentence of the pages and the catalogue, cut at its gaps. */
const ENGLISH = [
  ...leavesOf(en),
  ...Object.values(PROBLEMS).flatMap((it) => [it.title, it.why, it.remedy]),
].flatMap((it) =>
  it
    .split(/\{\w+\}/)
    .map((part) => part.trim())
    .filter((part) => part.includes(' ') && !NAMES.has(part)),
)

/** Every text in a tree of words. */
export function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : []
}

/** A page's text as it was before escaping, without its style and what Microsoft itself said. */
export function plain(markup: string): string {
  return markup
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll(/<style[^>]*>[^<]*<\/style>|<code lang="en">[^<]*<\/code>/g, '')
}

/** Every English sentence of ours and every unfilled gap in it. */
export function englishIn(markup: string): string[] {
  const text = plain(markup)
  const marked = /lang="en"|\bthe |\{\w+\}|undefined|\[object/.exec(text)
  return [...ENGLISH.filter((it) => text.includes(it)), ...(marked ?? [])]
}
