/** Base URLs of the four hosts, without a trailing slash; a base may contain a path. */
export type Urls = { login: string; partnerCenter: string; graph: string; blob: string }
export type HostName = keyof Urls

/** Where Microsoft's global cloud really is, plus a storage account of the simulator's own. */
export const realUrls: Readonly<Urls> = {
  login: 'https://login.microsoftonline.com',
  partnerCenter: 'https://api.partnercenter.microsoft.com',
  graph: 'https://graph.microsoft.com',
  blob: 'https://consentrysim.blob.core.windows.net',
}

const hostNames: readonly HostName[] = ['login', 'partnerCenter', 'graph', 'blob']

/** The host that serves an address and the path below that host's base, or undefined for a foreign address. */
export function locate(url: URL, candidates: readonly Urls[]): { host: HostName; path: string } | undefined {
  for (const urls of candidates) {
    for (const host of hostNames) {
      const base = new URL(urls[host])
      const prefix = base.pathname.replace(/\/$/, '')
      if (url.origin !== base.origin) continue
      if (url.pathname === prefix) return { host, path: '/' }
      if (url.pathname.startsWith(`${prefix}/`)) return { host, path: url.pathname.slice(prefix.length) }
    }
  }
  return undefined
}
