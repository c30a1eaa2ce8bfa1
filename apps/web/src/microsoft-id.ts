/** What somebody typed or pasted into the Microsoft ID field. `partial` may still become one. */
export type MicrosoftIdInput =
  | { readonly form: 'empty' | 'partial' | 'malformed' }
  | { readonly form: 'guid' | 'domain'; readonly value: string }

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i
const BARE_GUID = /^[0-9a-f]{32}$/i
const UNFINISHED_GUID = /^[0-9a-f-]{1,36}$/i
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const DOMAIN = new RegExp(`^(?:${LABEL}\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`, 'i')
const UNFINISHED_DOMAIN = /^[a-z0-9][a-z0-9.-]*$/i
const MICROSOFT_HOST =
  /(?:^|\.)(?:microsoft\.com|microsoftonline\.com|microsoftonline\.us|azure\.com|partner\.cn|office\.com)$/i

/** Trims spaces, braces and quotes; takes the GUID or domain out of a pasted address. */
export function readMicrosoftId(typed: string): MicrosoftIdInput {
  const text = typed.trim().replace(/^[\s{("'<[]+|[\s})"'>\],;]+$/g, '')
  if (text === '') return { form: 'empty' }
  if (/^https?:\/\//i.test(text)) return readAddress(text)
  if (BARE_GUID.test(text)) return { form: 'guid', value: hyphenated(text.toLowerCase()) }
  if (new RegExp(`^${GUID.source}$`, 'i').test(text)) return { form: 'guid', value: text.toLowerCase() }
  const domain = text.includes('@') ? text.slice(text.lastIndexOf('@') + 1) : text
  if (DOMAIN.test(domain)) return { form: 'domain', value: domain.toLowerCase() }
  return { form: UNFINISHED_GUID.test(text) || UNFINISHED_DOMAIN.test(domain) ? 'partial' : 'malformed' }
}

/** True once Update may be pressed. */
export function isWellFormed(input: MicrosoftIdInput): input is { form: 'guid' | 'domain'; value: string } {
  return input.form === 'guid' || input.form === 'domain'
}

function readAddress(address: string): MicrosoftIdInput {
  const guid = GUID.exec(address)?.[0]
  if (guid) return { form: 'guid', value: guid.toLowerCase() }
  if (!URL.canParse(address)) return { form: 'partial' }
  const url = new URL(address)
  if (!MICROSOFT_HOST.test(url.hostname)) return domainOf(url.hostname.replace(/^www\./, ''))
  // Microsoft's own addresses name the tenant in the path: login.microsoftonline.com/contoso.com/…
  const named = url.pathname.split('/').find((part) => DOMAIN.test(part))
  return named ? { form: 'domain', value: named.toLowerCase() } : { form: 'malformed' }
}

function domainOf(host: string): MicrosoftIdInput {
  return DOMAIN.test(host) ? { form: 'domain', value: host.toLowerCase() } : { form: 'malformed' }
}

function hyphenated(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
