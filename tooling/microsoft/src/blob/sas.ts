import { createHmac, randomBytes } from 'node:crypto'
import { guidFrom } from '../random.ts'
import { wholeSeconds } from '../billing/months.ts'

const accountKey = randomBytes(32)

/** A user delegation SAS for a directory: read and list, for a while. */
export function sasToken(directory: string, now: Date, seconds: number): string {
  const start = wholeSeconds(now)
  const expiry = wholeSeconds(new Date(now.getTime() + seconds * 1000))
  return new URLSearchParams({
    skoid: guidFrom('delegation key'),
    sktid: guidFrom('delegation tenant'),
    skt: start,
    ske: expiry,
    sks: 'b',
    skv: '2021-06-08',
    sv: '2021-06-08',
    se: expiry,
    sr: 'd',
    sp: 'rl',
    sdd: '7',
    sig: signature(directory, expiry),
  }).toString()
}

/** What is wrong with the SAS of a request for something in this directory, if anything. */
export function sasProblem(directory: string, query: URLSearchParams, now: Date): string | undefined {
  const expiry = query.get('se') ?? ''
  if (query.get('sig') !== signature(directory, expiry)) return 'Signature did not match.'
  if (new Date(expiry) <= now) return `Signed expiry time [${expiry}] must be after signed start time.`
  return undefined
}

function signature(directory: string, expiry: string): string {
  return createHmac('sha256', accountKey).update(`${directory}\n${expiry}`).digest('base64')
}
