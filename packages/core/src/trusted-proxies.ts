import { isIP } from 'node:net'

/**
 * Reads a comma-separated list of addresses, CIDR ranges and the word `loopback`; the word `none` alone is an empty
 * list. Null when a part is none of these.
 */
export function parseTrustedProxies(text: string): readonly string[] | null {
  if (text === 'none') return []
  const parts = text.split(',').map((it) => it.trim())
  return parts.every((it) => it === 'loopback' || isRange(it)) ? parts : null
}

function isRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || address.includes('%')) return false
  if (bits === undefined) return true
  // A range of all addresses would take everybody's word.
  return /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128)
}
