/** Markup that is safe to send: made by the `html` tag only. */
export type Html = { readonly markup: string }

type Value = Html | string | number | null | undefined | false | readonly Html[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Builds markup; every value that is not markup itself is escaped, for text and for quoted attributes alike. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const markup = parts.map((part, index) => part + render(values[index])).join('')
  return { markup }
}

/** A sentence of the words with values in its `{gaps}`; the sentence is escaped like any value. */
export function fill(sentence: string, values: Readonly<Record<string, Value>>): Html {
  const parts = sentence.split(/\{(\w+)\}/)
  return { markup: parts.map((part, index) => (index % 2 ? render(values[part]) : escape(part))).join('') }
}

function render(value: Value): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value))
  // Array.isArray does not narrow a readonly array away, so the property tells the two apart.
  return 'markup' in value ? value.markup : value.map((it) => it.markup).join('')
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')
}
