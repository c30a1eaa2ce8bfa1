import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps, type RequestOptions } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

import { retryAfterSeconds, type Answered } from '@consentry/core'

const PATIENCE = 10_000
const LONGEST = 2_000

/** Addresses that are nobody's on the internet (IANA special-purpose registries). */
const INTERNAL = internalAddresses()

/**
 * Posts JSON to an address that somebody else chose: https only, no redirects, 10 seconds, and nothing inside the own
 * network, whatever name it hides behind: the address that is connected to is the one that was looked at. `internal`
 * allows both. Never throws.
 */
export async function postJson(
  address: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  { internal, patience = PATIENCE }: { readonly internal: boolean; readonly patience?: number },
): Promise<Answered> {
  const url = new URL(address)
  if (!internal && url.protocol !== 'https:') return refused('Only https addresses are allowed.')
  const bare = url.hostname.replace(/^\[|\]$/g, '')
  if (!internal && isIP(bare) !== 0 && isInternal(bare)) return refused(INSIDE)
  const options: RequestOptions = {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Consentry',
    },
    signal: AbortSignal.timeout(patience),
    ...(internal ? {} : { lookup: lookUpOutside }),
  }
  return new Promise((resolve) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options, (response) => {
      const { statusCode = 0 } = response
      let read = 0
      response.on('data', (chunk: Buffer) => {
        read += chunk.length
        if (read > LONGEST) response.destroy()
      })
      // What it says is not shown: it may be a page of somebody else's.
      const asked = new Headers({ 'retry-after': response.headers['retry-after'] ?? '' })
      const seconds = retryAfterSeconds(asked, new Date())
      resolve({
        ok: statusCode >= 200 && statusCode < 300,
        answer: `It answered ${statusCode}.`,
        ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
        ...(statusCode === 410 ? { gone: true } : {}),
      })
    })
    request.on('error', (error) => resolve(refused(wordsOf(error))))
    request.end(body)
  })
}

const INSIDE = 'The address lies inside the network of Consentry, which whoever runs it has not allowed.'

class Inside extends Error {
  constructor() {
    super(INSIDE)
  }
}

function refused(answer: string): Answered {
  return { ok: false, answer }
}

function wordsOf(error: Error): string {
  if (error instanceof Inside) return INSIDE
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'It did not answer in time.'
  return 'code' in error ? `It could not be reached (${String(error.code)}).` : 'It could not be reached.'
}

const lookUpOutside: LookupFunction = (hostname, options: LookupOptions, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    if (error) return callback(error, '', 0)
    if (found.some(({ address }) => isInternal(address))) return callback(new Inside(), '', 0)
    if (options.all) return callback(null, found)
    const [first] = found
    return first ? callback(null, first.address, first.family) : callback(new Inside(), '', 0)
  })
}

// A block list judges an IPv4 address that is written as an IPv6 one (`::ffff:…`) as what it is.
function isInternal(address: string): boolean {
  return INTERNAL.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

function internalAddresses(): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
  ] as const)
    list.addSubnet(network, prefix, 'ipv4')
  for (const [network, prefix] of [
    ['::', 96],
    ['64:ff9b::', 96],
    ['64:ff9b:1::', 48],
    ['2001::', 32],
    ['2002::', 16],
    ['fc00::', 7],
    ['fe80::', 9],
    ['ff00::', 8],
  ] as const)
    list.addSubnet(network, prefix, 'ipv6')
  return list
}
