import type { BrowserContext, Page } from 'playwright-core'
import { expect, it } from 'vitest'

import { LANGUAGES } from '../../../apps/web/src/i18n.ts'
import { en } from '../../../apps/web/src/locales/en.ts'
import { buttonOf, PROBLEM_CODES } from '../../../apps/web/src/problems.ts'
import { paths } from '../../../apps/web/src/routes.ts'
import { openMessageSheets } from '../src/message-sheet.ts'
import { setScene, type Scene, type View, type Who } from '../src/scene.ts'
import { watchRequests } from '../src/settle.ts'
import { answerInstead, type Answer, type Ask } from './answers.ts'
import { findBarriers, setTheme } from './barriers.ts'
import { EMPTY } from './empty.ts'
import { failing, OF_ONE, SOURCES, TYPED, WITHOUT_SOURCE, type Fault } from './faults.ts'
import { cutOff, doubleText, faintShapes, layoutShift, longLines, moving, smallTargets } from './in-page.ts'
import { OPENED, SHAPED, type Opened, type Shaped } from './opened.ts'
import { browser, runStack, stack } from './running.ts'

/** Figures of the brief. */
const MOST_SHIFT = 0.02
const FINGER = 44
const SHAPE_CONTRAST = 3
// 62 times the width of a figure, which is wider than most letters.
const LONGEST_LINE = 110
const LANES = 2
/** What shows that data is on the way. */
const UNDER_WAY = 'main :is(.bone, [role=progressbar]):visible'
/** `pnpm test:looks`: what opens on a page, and its other states, are looked at as long as the page itself. */
const WHOLE = process.env.LOOKS === 'whole'
const WIDE = { width: 1440, height: 900 }
const NARROW = { width: 360, height: 740 }
/** 1280 px at 400 %. */
const ZOOMED = { width: 320, height: 256 }

let scene: Scene
runStack(async () => {
  scene = await setScene(stack)
})

it('shows every page to everybody: in both themes, from 320 to 2,560 px, with large text, without a jump', async () => {
  const queue = allLooks()
  const found: string[] = []
  const lane = async () => {
    const windows = new Map<Who, Window>()
    for (let view = queue.shift(); view; view = queue.shift()) {
      const { as = 'owner', name } = view
      const window = windows.get(as) ?? (await openWindow(as))
      windows.set(as, window)
      const complaints = await lookAt(window, view)
      found.push(...complaints.map((it) => `${name}: ${it}`))
    }
    for (const { context } of windows.values()) await context.close()
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  expect(found).toEqual([])
}, 480_000)

it('says on each page that its data did not come, tries again on request, says who may see it, and leads a member back who was signed out', async () => {
  const owner = await openWindow('owner')
  const found = await inLanes(SOURCES, async ({ on, address }, place) => {
    const page = await owner.context.newPage()
    const view = viewOf(on)
    try {
      // Each page loses its network or its API; all are treated alike.
      await loseAndFind(page, view, address, (['gone', 'broken', 'busy'] as const)[place % 3] ?? 'gone')
      if (OF_ONE.has(on)) await missSomething(page, view, address)
      await loseRole(page, view, address)
      await loseSession(page, view, address)
      return []
    } catch (error) {
      return [`${on}: ${String(error)} ${await page.innerText('body')}`]
    } finally {
      await page.close()
    }
  })
  await owner.context.close()
  expect(found.flat()).toEqual([])
}, 180_000)

async function loseAndFind(page: Page, view: View, address: RegExp, fault: Fault): Promise<void> {
  // Until somebody tries again: a page that looks again by itself would otherwise be well before.
  const callBack = await answerInstead(page, address, async () =>
    (await page.evaluate('window.triedAgain === true')) ? 'real' : failing(fault),
  )
  await page.goto(stack.url + view.path)
  const again = page.locator('main').getByRole('button', { name: en.app.tryAgain }).first()
  await again.waitFor()
  expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
  await page.evaluate("addEventListener('click', () => { window.triedAgain = true }, { capture: true })")
  await again.click()
  await page.locator(view.ready).first().waitFor()
  await callBack()
}

async function missSomething(page: Page, view: View, address: RegExp): Promise<void> {
  const callBack = await answerInstead(page, address, () => failing('missing'))
  await page.goto(stack.url + view.path)
  await page.getByRole('heading', { name: en.problems.not_found.title, level: 1 }).waitFor()
  await page.locator('main').getByRole('link', { name: en.notFound.button }).waitFor()
  await callBack()
}

async function loseRole(page: Page, view: View, address: RegExp): Promise<void> {
  const callBack = await answerInstead(page, address, () => failing('refused'))
  await page.goto(stack.url + view.path)
  const main = page.locator('main')
  await main.getByText(en.problems.forbidden.todo).first().waitFor()
  expect(await main.getByRole('button', { name: en.app.tryAgain }).count()).toBe(0)
  await callBack()
}

async function loseSession(page: Page, view: View, address: RegExp): Promise<void> {
  await answerInstead(page, address, () => failing('signedOut'))
  await page.goto(stack.url + view.path)
  const dialog = page.getByRole('dialog', { name: en.signedOut.title })
  await dialog.getByRole('button', { name: en.signedOut.button }).click()
  await page.waitForURL((url) => url.pathname === '/sign-in' && url.searchParams.get('to') === view.path)
}

it('keeps what was typed when the answer does not come or the role is too low, and says so', async () => {
  const found = await inLanes(TYPED, async ({ on, address, open: opens, fields, send }) => {
    const view = viewOf(on)
    const { context, page } = await openWindow(view.as ?? 'owner')
    try {
      await page.goto(stack.url + view.path)
      await page.locator(view.ready).first().waitFor()
      await opens?.(page)
      const form = opens ? page.getByRole('dialog') : page.locator('main')
      for (const [label, text] of Object.entries(fields))
        await form.getByLabel(label, { exact: true }).fill(text)
      let fault: Fault = 'broken'
      await answerInstead(page, address, ({ method }) => (method === 'GET' ? 'real' : failing(fault)))
      const button = form.getByRole('button', { name: send, exact: true })
      await button.click()
      await form
        .getByText(on === 'sign-in' ? en.signIn.failed : en.problems.server_error.title)
        .first()
        .waitFor()
      if (on !== 'sign-in') {
        // Somebody took the role away meanwhile: it says who may do it.
        fault = 'refused'
        await button.click()
        await form.getByText(en.problems.forbidden.todo).first().waitFor()
        await form.getByRole('button', { name: en.app.tryAgain }).waitFor({ state: 'detached' })
      }
      for (const [label, text] of Object.entries(fields))
        expect(await form.getByLabel(label, { exact: true }).inputValue()).toBe(text)
      return []
    } catch (error) {
      return [`${on}: ${String(error)} ${await page.innerText('body')}`]
    } finally {
      await context.close()
    }
  })
  expect(found.flat()).toEqual([])
}, 120_000)

it('says that it is offline, keeps what it showed, and disables what would write', async () => {
  const { context, page, settle } = await openWindow('owner')
  await show({ context, page, settle }, viewOf('tenant'))
  await context.setOffline(true)
  await page.getByRole('status').getByText('You are offline.').waitFor()
  const test = page.getByRole('button', { name: en.tenant.testNow })
  expect(await test.isDisabled()).toBe(true)
  expect(await test.getAttribute('title')).toBe(en.app.offlineButton)
  expect(await page.getByText('What happened').first().isVisible()).toBe(true)
  await context.setOffline(false)
  await page.getByText('You are offline.').waitFor({ state: 'detached' })
  expect(await test.isDisabled()).toBe(false)
  await context.close()
}, 60_000)

it('shows on each page that its data is on the way, says that the network is gone, and goes on by itself once it is back', async () => {
  const windows = await Promise.all(Array.from({ length: 2 * LANES }, () => openWindow('owner')))
  const found = await inLanes(SOURCES, async ({ on, address }) => {
    const window = windows.pop() ?? (await openWindow('owner'))
    try {
      await loseNetwork(window, viewOf(on), address)
      return []
    } catch (error) {
      return [`${on}: ${String(error)} ${await window.page.innerText('body')}`]
    } finally {
      await window.context.setOffline(false)
      windows.push(window)
    }
  })
  for (const { context } of windows) await context.close()
  expect(found.flat()).toEqual([])
}, 120_000)

async function loseNetwork({ context, page }: Window, view: View, address: RegExp): Promise<void> {
  const isGone = Promise.withResolvers<Answer>()
  const callBack = await answerInstead(page, address, () => isGone.promise)
  await page.goto(stack.url + view.path)
  await page.locator(UNDER_WAY).first().waitFor()
  await context.setOffline(true)
  isGone.resolve('none')
  const notice = page.getByRole('status').getByText('You are offline.')
  await notice.waitFor()
  await callBack()
  await context.setOffline(false)
  await notice.waitFor({ state: 'detached' })
  await page.locator(view.ready).first().waitFor()
}

it('knows for each page of the console what it lives from, or why it lives from nothing', () => {
  const routes = new Map(
    Object.entries(paths).map(([name, path]) => [
      name,
      (typeof path === 'string' ? path : path('.', '.')).replaceAll('.', '[^/]+'),
    ]),
  )
  const routeOf = ({ path }: View) =>
    [...routes].find(([, it]) => new RegExp(`^${it}$`).test(path.replace(/\?.*/, '')))?.[0]
  const living = new Set(SOURCES.map(({ on }) => routeOf(viewOf(on))))
  const seen = new Set(scene.views.map(routeOf))
  expect([...routes.keys()].filter((it) => !seen.has(it))).toEqual([])
  expect([...living, ...Object.keys(WITHOUT_SOURCE)].toSorted()).toEqual([...routes.keys()].toSorted())
})

/** A few at once: of more, each waits for the others and not for the product. */
async function inLanes<T, R>(
  items: readonly T[],
  work: (item: T, place: number) => Promise<R>,
): Promise<R[]> {
  const queue = items.entries()
  const results: R[] = []
  async function lane(): Promise<void> {
    for (const [place, item] of queue) results[place] = await work(item, place)
  }
  await Promise.all(Array.from({ length: 2 * LANES }, lane))
  return results
}

function viewOf(name: string): View {
  const view = scene.views.find((it) => it.name === name)
  if (!view) throw new TypeError(`There is no view ${name}.`)
  return view
}

it('has room for every message, with long names, in every language, theme and width', async () => {
  const found: string[] = []
  const withButton = PROBLEM_CODES.filter((code) => buttonOf({ code, title: '', detail: '' }) !== 'none')
  for await (const { language, page } of openMessageSheets(browser, Object.keys(LANGUAGES))) {
    expect(await page.getAttribute('html', 'lang')).toBe(language)
    expect(await page.locator('[data-code]').count()).toBe(PROBLEM_CODES.length)
    expect(await page.locator('[data-code] .buttons').count()).toBe(withButton.length)
    const words = await page.innerText('body')
    // A value that nobody gave, or a text that is not there.
    found.push(
      ...(words.match(/\{\w*\}|\b(problems?|app|tenant)\.\w+(\.\w+)*/g) ?? []).map(
        (it) => `${language}: ${it}`,
      ),
    )
    for (const width of [360, 1440]) {
      await resize(page, { width, height: 900 })
      for (const theme of ['light', 'dark'] as const) {
        await setTheme(page, theme)
        const complaints = [
          ...(await page.evaluate(cutOff)),
          ...(await page.evaluate(faintShapes, SHAPE_CONTRAST)),
        ]
        found.push(...complaints.map((it) => `${language}, ${theme}, ${width} px: ${it}`))
      }
    }
  }
  expect(found).toEqual([])
}, 120_000)

/** A page as it is, with something opened on it, or with another answer of the API. */
type Look = View &
  Partial<Pick<Opened, 'open' | 'within'>> & {
    readonly shaped?: Shaped
    /** A state that somebody meets as a page of its own. */
    readonly whole?: boolean
  }

function allLooks(): Look[] {
  return [
    ...scene.views,
    ...OPENED.map((it) => ({ ...viewOf(it.on), ...it, name: `${it.on}, ${it.name}` })),
    ...SHAPED.map(shapedLook),
    ...EMPTY.map((it) => ({ ...shapedLook(it), whole: true })),
  ]
}

function shapedLook(shaped: Shaped): Look {
  const { on, name, query = '', ready } = shaped
  const view = viewOf(on)
  return { ...view, path: view.path + query, name: `${on}, ${name}`, ready, shaped }
}

type Window = { readonly context: BrowserContext; readonly page: Page; readonly settle: () => Promise<void> }

async function openWindow(as: Who): Promise<Window> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', viewport: WIDE })
  await context.addCookies(scene.cookies[as])
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  return { context, page, settle: watchRequests(page) }
}

async function show({ page, settle }: Window, { path, ready, open }: Look): Promise<string[]> {
  await page.goto(stack.url + path)
  await page.locator(ready).first().waitFor()
  await settle()
  // Not only until the rest came.
  await page.locator(ready).first().waitFor()
  const { total, what } = await page.evaluate(layoutShift)
  await open?.(page)
  if (open) await settle()
  return total > MOST_SHIFT ? [`jumps by ${total.toFixed(3)}: ${what.join('; ')}`] : []
}

/** The page as whoever waits for its data sees it come. */
async function showSlowly(window: Window, look: Look): Promise<string[]> {
  const source = SOURCES.find(({ on }) => on === look.name)
  if (!source) return show(window, look)
  const { page } = window
  let isFirst = true
  const callBack = await answerInstead(page, source.address, async (): Promise<Answer> => {
    const waits = isFirst
    isFirst = false
    if (waits) await page.locator(UNDER_WAY).first().waitFor()
    return 'real'
  })
  const found = await show(window, look)
  await callBack()
  return found
}

async function reshape(page: Page, { url }: Ask, { address, shape }: Shaped): Promise<Answer> {
  // What is told as it happens would be the truth.
  if (url.endsWith('/events')) return 'none'
  if (!address.test(url)) return 'real'
  const real = await page.request.get(url)
  // Only objects are asked for here.
  return { json: shape((await real.json()) as Record<string, unknown>) }
}

/** Made of the same parts as the page below: the ordinary run looks at them in one theme and two widths. */
function isBrief({ open, shaped, whole = WHOLE }: Look): boolean {
  return !whole && (open !== undefined || shaped !== undefined)
}

async function lookAt(window: Window, look: Look): Promise<string[]> {
  const { page } = window
  const { shaped } = look
  const callBack = shaped && (await answerInstead(page, /\/api\//, (ask) => reshape(page, ask, shaped)))
  try {
    await page.setViewportSize(WIDE)
    const found = await show(window, look)
    found.push(...(await lookWide(page, look)))
    // A page of its own loads anew, for it may jump where there is less room.
    if (!look.open && !isBrief(look)) {
      await page.setViewportSize(NARROW)
      found.push(...(await (look.shaped ? show(window, look) : showSlowly(window, look))))
    }
    return [...found, ...(await lookNarrow(page, look))]
  } catch (error) {
    return [`cannot be looked at: ${String(error)}`]
  } finally {
    await callBack?.()
  }
}

async function lookWide(page: Page, look: Look): Promise<string[]> {
  const { within } = look
  const found: string[] = []
  for (const theme of isBrief(look) ? (['light'] as const) : (['light', 'dark'] as const)) {
    await setTheme(page, theme)
    // What lies below what is opened was looked at on a page of its own.
    const told = await findBarriers(page, { within, colourOnly: theme === 'dark' })
    const faint = await page.evaluate(faintShapes, SHAPE_CONTRAST)
    found.push(...[...told, ...faint].map((it) => `${theme}, ${it}`))
  }
  found.push(...(await page.evaluate(moving)))
  await setTheme(page, 'light')
  for (const width of isBrief(look) ? [WIDE.width] : [WIDE.width, 2560, 768]) {
    await resize(page, { width, height: 900 })
    found.push(...(await page.evaluate(cutOff)).map((it) => `at ${width} px ${it}`))
    if (width === 2560) found.push(...(await page.evaluate(longLines, LONGEST_LINE)))
  }
  return found
}

async function lookNarrow(page: Page, look: Look): Promise<string[]> {
  await resize(page, NARROW)
  const found = (await page.evaluate(cutOff)).map((it) => `at 360 px ${it}`)
  const height = await page.evaluate<number>('document.documentElement.scrollHeight')
  // As high as the page, or as what is opened over it.
  await resize(page, { ...NARROW, height: Math.max(height, 1600) })
  found.push(...(await page.evaluate(smallTargets, FINGER)).map((it) => `hard to hit, ${it}`))
  if (isBrief(look)) return found
  await resize(page, ZOOMED)
  found.push(...(await page.evaluate(cutOff)).map((it) => `at 400 % ${it}`))
  await resize(page, { width: 1280, height: 900 })
  await page.evaluate(doubleText)
  found.push(...(await page.evaluate(cutOff)).map((it) => `with large text ${it}`))
  return found
}

/** The page follows its window a moment later. */
async function resize(page: Page, size: { width: number; height: number }): Promise<void> {
  const now = page.viewportSize()
  if (now?.width === size.width && now.height === size.height) return
  await page.setViewportSize(size)
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30))))',
  )
}
