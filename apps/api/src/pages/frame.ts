import { readFileSync } from 'node:fs'

import type { Response } from 'express'

import { nonceOf } from '../security-headers.ts'
import { html, type Html } from './html.ts'
import { wordsFor } from './languages.ts'
import type { Words } from './words/en.ts'

// Our own file, and the one text besides the tag's that is markup already.
const STYLE: Html = { markup: readFileSync(new URL('style.css', import.meta.url), 'utf8') }

export type Page = {
  readonly title: Html
  readonly body: Html
  /** Seconds until the browser asks again, without script. */
  readonly refreshAfter?: number | undefined
  readonly foot?: Html | undefined
}

/**
 * Sends a page for people without an account, in the language that their browser asks for: no script, no foreign
 * images, never in an index, cache or frame.
 */
export function sendPage(response: Response, status: number, pageIn: (words: Words) => Page): void {
  const words = wordsFor(response.req)
  const { markup } = document(pageIn(words), words.lang, nonceOf(response))
  response
    .status(status)
    .vary('Accept-Language')
    .set({
      'content-language': words.lang,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'no-referrer',
    })
    .end(markup)
}

function document({ title, body, refreshAfter, foot }: Page, lang: string, nonce: string): Html {
  return html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        ${refreshAfter && html`<meta http-equiv="refresh" content="${refreshAfter}" />`}
        <title>${title} · Consentry</title>
        <style nonce="${nonce}">
          ${STYLE}
        </style>
      </head>
      <body>
        <header>${MARK}<span>Consentry</span></header>
        <main>${body}</main>
        ${foot && html`<footer>${foot}</footer>`}
      </body>
    </html>`
}

const MARK = html`<svg viewBox="0 0 24 24" width="24" height="24" fill="none" aria-hidden="true">
  <path
    d="M18.3 6.1A8.4 8.4 0 1 0 18.3 17.9"
    stroke="currentColor"
    stroke-width="3.4"
    stroke-linecap="round"
  />
  <circle class="lamp" cx="18.6" cy="12" r="2.9" />
</svg>`
