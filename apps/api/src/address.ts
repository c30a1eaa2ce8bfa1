import { isIP, isIPv4 } from 'node:net'

import type { Request } from 'express'

/** Where a request comes from, as far as trusted proxies can be believed; never a text that somebody made up. */
export function addressOf(request: Request): string {
  const claimed = request.ip ?? ''
  return isIP(claimed) === 0 ? (request.socket.remoteAddress ?? '') : claimed
}

/**
 * The address as limits count it. Whoever has one IPv6 address has at least the 2⁶⁴ of its network (RFC 4291 2.5.1), so
 * that network is one; an IPv4 address within IPv6 counts as itself.
 */
export function countedAs(address: string): string {
  if (isIP(address) !== 6) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped && isIPv4(mapped)) return mapped
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const left = head.split(':').filter((it) => it !== '')
  const right = (tail ?? '').split(':').filter((it) => it !== '')
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const groups = [...left, ...zeros, ...right].slice(0, 4)
  return `${groups.map((it) => Number.parseInt(it, 16).toString(16)).join(':')}::/64`
}
