export type Visitor = {
  /** Goes to an address as a browser would, or sends a form there, without following where it leads. */
  visit(
    address: string,
    form?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; location: string | null; text: string }>
  /**
   * Calls the API, with the session or with a service key when one is given. Throws the problem's words. `T` is what
   * the API promises: a promise not kept shows in the line that is made of it.
   */
  call<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object, serviceKey?: string): Promise<T>
  /** For a browser that is to be the same visitor. */
  cookies(): { name: string; value: string; url: string }[]
}

/** A browser without pages: it keeps cookies and says where it comes from. */
export function createVisitor(origin: string): Visitor {
  const cookies = new Map<string, string>()

  async function send(address: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (cookies.size > 0 && !headers.has('authorization'))
      headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(new URL(address, origin), { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    return response
  }

  return {
    async visit(address, form) {
      const sent = form ? { method: 'POST', body: new URLSearchParams(form) } : {}
      const response = await send(address, { ...sent, headers: { accept: 'text/html' } })
      const { status, headers } = response
      return { status, location: headers.get('location'), text: await response.text() }
    },
    async call<T>(method: string, path: string, body?: object, serviceKey?: string) {
      const response = await send(path, {
        method,
        headers: {
          origin,
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(serviceKey ? { authorization: `Bearer ${serviceKey}` } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${reasonIn(text)}`)
      return JSON.parse(text) as T // see above
    },
    cookies: () => [...cookies].map(([name, value]) => ({ name, value, url: origin })),
  }
}

/** A problem's own words, or the answer as it is. */
function reasonIn(text: string): string {
  try {
    // Members of any JSON value may be asked for; those that are not there read as undefined.
    const { code, title, detail } = JSON.parse(text) as Partial<Record<'code' | 'title' | 'detail', string>>
    return title ? `${title}. ${detail} (${code})` : text
  } catch {
    return text.slice(0, 500)
  }
}
