/// <reference lib="dom" />
import type { Page } from 'playwright-core'

/** What an act felt like, in milliseconds; medians of several. */
export type Felt = {
  readonly act: string
  /** From the input to the first picture after it, as the browser itself counts it (w3.org/TR/event-timing). */
  readonly input: number
  /** From the last input to the last change of what was asked for; of what scrolls into sight, how long it was blank. */
  readonly answer: number
}

export type Act = {
  readonly act: string
  /** Where the answer comes to stand. */
  readonly of: string
  /** Does it for the n-th time; may wait for what tells that it was done. */
  by(n: number): Promise<void>
  /** Its answer is what scrolls into sight. */
  readonly scrolls?: boolean
  /** How long the page itself waits whether more is typed. Default 0. */
  readonly pause?: number
}

type Seen = { input: number; asked: number; changed: number; blank: number; blankSince: number }
declare global {
  var felt: { seen: Seen; begin(): void }
}

const TIMES = 7
const QUIET = 300

/** Does something several times in this page, and measures it inside of it. */
export async function feel(page: Page, { act, of, by, scrolls = false, pause = 0 }: Act): Promise<Felt> {
  const seen: Seen[] = []
  const underWay = countRequests(page)
  await page.evaluate(watch, of)
  for (let n = 0; n < TIMES; n += 1) {
    await page.evaluate(() => felt.begin())
    await by(n)
    // An event is told of once its picture was painted, and the answer may still be growing.
    do await page.waitForTimeout(QUIET + pause)
    while (underWay() > 0)
    seen.push(await page.evaluate(() => felt.seen))
  }
  const changed = seen.filter((it) => it.changed > 0)
  if (changed.length < TIMES - 1) throw new Error(`${act}: ${of} changed ${changed.length} of ${TIMES} times`)
  const answers = changed.map((it) => (scrolls ? it.blank : Math.max(0, it.changed - it.asked - pause)))
  return { act, input: median(changed.map((it) => it.input)), answer: median(answers) }
}

/** Counts what the page has asked its server for and not been answered. */
function countRequests(page: Page): () => number {
  let count = 0
  page.on('request', () => (count += 1))
  page.on('requestfinished', () => (count -= 1))
  page.on('requestfailed', () => (count -= 1))
  return () => count
}

/** Runs inside the page, on its own. */
function watch(of: string): void {
  const nothing = { input: 0, asked: 0, changed: 0, blank: 0, blankSince: 0 }
  globalThis.felt = { seen: { ...nothing }, begin: () => void (felt.seen = { ...nothing }) }
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) felt.seen.input = Math.max(felt.seen.input, duration)
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
  const ask = ({ timeStamp }: Event) => (felt.seen.asked = timeStamp)
  for (const kind of ['click', 'input', 'change', 'keydown', 'wheel']) addEventListener(kind, ask, true)
  const isOf = ({ target }: MutationRecord) =>
    (target instanceof Element ? target : target.parentElement)?.closest(of)
  new MutationObserver((records) => {
    if (!records.some(isOf)) return
    const { seen } = felt
    seen.changed = performance.now()
    const isBlank = document.querySelector(`${of} .bone`) !== null
    if (!isBlank && seen.blankSince > 0) seen.blank += seen.changed - seen.blankSince
    if (isBlank) seen.blankSince ||= seen.changed
    else seen.blankSince = 0
  }).observe(document.body, { subtree: true, childList: true, characterData: true })
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}
