import type { Page } from './frame.ts'
import { html } from './html.ts'

/** After "I did not expect this". */
export function thanksPage(person: string): Page {
  return {
    title: 'Thank you',
    body: html`<h1>Thank you</h1>
      <p>The link no longer works. ${person} sees that it ended.</p>`,
  }
}

/** In place of the console when its files were never built. */
export function unbuiltPage(): Page {
  return {
    title: 'The console is not built',
    body: html`<h1>The console is not built</h1>
      <p>
        Run <code>pnpm build</code> in the repository and load this page again. The API works without it.
      </p>`,
  }
}
