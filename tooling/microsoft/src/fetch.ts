import { ConnectionReset } from './faults.ts'
import { locate, type Urls } from './urls.ts'

export type Answer = (request: Request, host: keyof Urls, path: string) => Promise<Response>

const redirects = new Set([301, 302, 303, 307, 308])

/** The in-process `fetch`: same results and failures as a real one, without a network. */
export function createFetch(candidates: () => readonly Urls[], answer: Answer): typeof globalThis.fetch {
  async function once(request: Request): Promise<Response> {
    const place = locate(new URL(request.url), candidates())
    if (!place) {
      const { hostname } = new URL(request.url)
      throw networkError({ code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname })
    }
    try {
      return await untilAborted(request.signal, answer(request, place.host, place.path))
    } catch (error) {
      if (error instanceof ConnectionReset) throw networkError({ code: 'ECONNRESET' })
      throw error
    }
  }
  return async (input, init) => {
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    const response = await once(request)
    if (!redirects.has(response.status) || request.redirect === 'manual') return response
    const location = response.headers.get('location')
    if (request.redirect === 'error' || !location) throw networkError({ code: 'unexpected redirect' })
    return once(new Request(new URL(location, request.url), { signal: request.signal }))
  }
}

function networkError(cause: Record<string, string>): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(cause['code']), cause) })
}

/** Rejects with the signal's reason as soon as it fires; what was sent goes on, as it would at Microsoft. */
function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
