/**
 * Preloaded into a product process (`node --import`), which it leaves as it is: counts every write and every request at
 * the drivers, before and after, and kills the process at the one it was told. After a request means: Microsoft has
 * answered and the product has not seen it.
 */
import Sqlite from 'better-sqlite3'
import { Client } from 'pg'

import type { Order, Told } from './order.ts'

const order: { current: Order | null } = { current: readOrder() }
const seen: string[] = []

function readOrder(): Order | null {
  // Written by the harness.
  return process.env.CRASH ? (JSON.parse(process.env.CRASH) as Order) : null
}

function pass(label: string): void {
  const { current } = order
  if (!current) return
  seen.push(label)
  if (seen.length === current.killAt) process.kill(process.pid, 'SIGKILL')
}

async function around<T>(label: string, work: () => Promise<T>): Promise<T> {
  pass(`before ${label}`)
  const result = await work()
  pass(`after ${label}`)
  return result
}

/** What a statement does to which table, and nothing of its values; null when it writes nothing. */
function labelOf(sql: string): string | null {
  const words = sql.trim().toLowerCase().replaceAll(/["`]/g, '').split(/\s+/)
  if (words[0] === 'commit') return 'commit'
  if (words[0] === 'insert' || words[0] === 'delete') return `${words[0]} ${words[2]}`
  return words[0] === 'update' ? `update ${words[1]}` : null
}

// SQLite
type Run = (...params: unknown[]) => unknown
const { prepare, exec } = Sqlite.prototype

Sqlite.prototype.prepare = function (this: Sqlite.Database, sql: string) {
  const statement = prepare.call(this, sql)
  const label = labelOf(sql)
  if (label === null) return statement
  for (const method of ['run', 'get', 'all'] as const) {
    // The three take and give different things; none of them matters here.
    const original = statement[method].bind(statement) as Run
    Object.defineProperty(statement, method, {
      value: (...params: unknown[]) => {
        pass(`before ${label}`)
        const result = original(...params)
        pass(`after ${label}`)
        return result
      },
    })
  }
  return statement
} as typeof prepare

Sqlite.prototype.exec = function (this: Sqlite.Database, sql: string) {
  const label = labelOf(sql)
  if (label === null) return exec.call(this, sql)
  pass(`before ${label}`)
  const result = exec.call(this, sql)
  pass(`after ${label}`)
  return result
}

// PostgreSQL
type Query = (...args: unknown[]) => unknown
// One method with a dozen signatures, of which only the first and the last argument matter here.
const query = Client.prototype.query as Query

Client.prototype.query = function (this: Client, ...args: unknown[]) {
  const [first] = args
  const text = typeof first === 'string' ? first : textOf(first)
  const label = labelOf(text)
  const callback = args.at(-1)
  if (label === null) return query.apply(this, args)
  pass(`before ${label}`)
  if (typeof callback === 'function') {
    const done = (...results: unknown[]) => {
      pass(`after ${label}`)
      callback(...results)
    }
    return query.apply(this, [...args.slice(0, -1), done])
  }
  // Without a callback it gives a promise.
  const result = query.apply(this, args) as Promise<unknown>
  return result.then((value) => {
    pass(`after ${label}`)
    return value
  })
} as typeof Client.prototype.query

function textOf(config: unknown): string {
  const text = typeof config === 'object' && config !== null && 'text' in config ? config.text : ''
  return typeof text === 'string' ? text : ''
}

// Microsoft
const { fetch } = globalThis
globalThis.fetch = (input, init) => {
  const { pathname } = new URL(input instanceof Request ? input.url : input)
  return around(`request ${pathname.split('/').at(-1)}`, () => fetch(input, init))
}

// A server is told when it is up.
process.on('message', (told: Told) => {
  if (!('order' in told)) return void process.send?.(seen)
  order.current = told.order
  // What it did to start is not what it was told to do.
  seen.length = 0
})
process.channel?.unref()
if (order.current?.report !== undefined) {
  const { report } = order.current
  const { appendFileSync } = await import('node:fs')
  process.on('exit', () => appendFileSync(report, seen.join('\n')))
}
