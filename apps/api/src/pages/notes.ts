import type { Page } from './frame.ts'
import { fill, html } from './html.ts'
import type { Words } from './words/en.ts'

/** After "I did not expect this". */
export function thanksPage({ thanks }: Words, person: string): Page {
  return {
    title: html`${thanks.title}`,
    body: html`<h1>${thanks.title}</h1>
      <p>${fill(thanks.text, { person })}</p>`,
  }
}

/** In place of the console when its files were never built. */
export function unbuiltPage({ unbuilt }: Words): Page {
  return {
    title: html`${unbuilt.title}`,
    body: html`<h1>${unbuilt.title}</h1>
      <p>${fill(unbuilt.text, { command: html`<code>pnpm build</code>` })}</p>`,
  }
}
