/** Cookies of one browser, by name. */
export type CookieJar = Map<string, string>

export type SignInOptions = {
  /** User principal name to type at the account picker. */
  user: string
  /** Whether to approve MFA when asked; true by default. */
  mfa?: boolean
  /** What to press on the consent page (accept by default); `abandon` closes the browser at the first page. */
  decision?: 'accept' | 'cancel' | 'abandon'
  browser?: CookieJar
}

/** Where a sign-in ended: back at the app, by redirect or by form, or on a page of Microsoft's that goes nowhere. */
export type SignInResult = {
  location?: string
  form?: { action: string; fields: Record<string, string> }
  page?: string
  aadsts?: number
}

type Fetch = (input: string, init?: RequestInit) => Promise<Response>
type Form = { action: string; fields: Record<string, string> }

/** Walks the pages as a person would. Faults apply to every step. */
export async function signIn(fetch: Fetch, url: string, options: SignInOptions): Promise<SignInResult> {
  const browser = options.browser ?? new Map<string, string>()
  let response = await visit(fetch, browser, url)
  for (let step = 0; step < 8; step += 1) {
    const location = response.headers.get('location')
    if (location) return { location }
    const page = await response.text()
    const kind = /<body data-page="([\w-]+)"/.exec(page)?.[1]
    const form = firstForm(page)
    if (kind === 'form-post' && form) return { form }
    const answer = answerFor(kind, options)
    if (!answer || !form) return ended(page)
    const fields = new URLSearchParams({ ...form.fields, ...answer })
    response = await visit(fetch, browser, form.action, fields)
  }
  throw new Error('The sign-in pages go round in circles.')
}

function ended(page: string): SignInResult {
  const code = /AADSTS(\d+)/.exec(page)?.[1]
  return code ? { page, aadsts: Number(code) } : { page }
}

function answerFor(kind: string | undefined, options: SignInOptions): Record<string, string> | undefined {
  const { user, mfa = true, decision = 'accept' } = options
  if (decision === 'abandon') return undefined
  if (kind === 'accounts') return { upn: user }
  if (kind === 'mfa') return { mfa: mfa ? 'approve' : 'skip' }
  return kind === 'consent' ? { decision } : undefined
}

async function visit(
  fetch: Fetch,
  browser: CookieJar,
  url: string,
  body?: URLSearchParams,
): Promise<Response> {
  const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = cookie ? { cookie } : {}
  const response = await fetch(url, {
    redirect: 'manual',
    headers,
    ...(body ? { method: 'POST', body } : {}),
  })
  for (const line of response.headers.getSetCookie()) {
    const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
    if (value) browser.set(name, value)
    else browser.delete(name)
  }
  return response
}

function firstForm(page: string): Form | undefined {
  const match = /<form method="post" action="([^"]*)"[^>]*>(.*?)<\/form>/s.exec(page)
  if (!match) return undefined
  const [, action = '', content = ''] = match
  const inputs = content.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)
  const fields = [...inputs].map(([, name = '', value = '']) => [unescape(name), unescape(value)])
  return { action: unescape(action), fields: Object.fromEntries(fields) }
}

function unescape(text: string): string {
  const entities: Record<string, string> = {
    '&amp;': '&',
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
  }
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity)
}
