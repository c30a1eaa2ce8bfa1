import axe, { type NodeResult, type RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** How a page is looked at; as it is where nothing is said. */
type Look = { readonly theme?: 'light' | 'dark'; readonly width?: number }

export const BOTH_THEMES: readonly Look[] = [{ theme: 'dark' }, { theme: 'light' }]
export const WIDE_AND_NARROW: readonly Look[] = [
  { theme: 'light', width: 1440 },
  { theme: 'dark', width: 360 },
]

/** Nothing that axe knows to keep people out, and no sideways scrolling where a width is given; as wide as before then. */
export async function expectNoBarrier(page: Page, looks: readonly Look[] = [{}]): Promise<void> {
  const before = page.viewportSize()
  for (const [place, { theme, width }] of looks.entries()) {
    if (theme) await setTheme(page, theme)
    if (width) {
      await page.setViewportSize({ width, height: 900 })
      await expect.poll(() => page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width)
    }
    expect(await findBarriers(page, { colourOnly: place > 0 && !width })).toEqual([])
  }
  if (before) await page.setViewportSize(before)
}

/** A page takes another theme a moment after its browser was told. */
export async function setTheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.evaluate(`new Promise((done) => {
    const look = () => matchMedia('(prefers-color-scheme: ${colorScheme})').matches ? requestAnimationFrame(done) : requestAnimationFrame(look)
    requestAnimationFrame(look)
  })`)
}

type Where = {
  /** A selector; the whole page otherwise. */
  readonly within?: string | undefined
  /** For a page that was looked at in another theme: nothing else depends on that. */
  readonly colourOnly?: boolean
}

/** What axe knows to keep people out. */
export async function findBarriers(
  page: Page,
  { within, colourOnly = false }: Where = {},
): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source)
  const options: RunOptions = {
    // What else it tells costs it as much again.
    resultTypes: ['violations'],
    ...(colourOnly ? { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } } : {}),
  }
  const place = within ? JSON.stringify(within) : 'document'
  const found = await page.evaluate<{ id: string; nodes: NodeResult[] }[]>(
    `axe.run(${place}, ${JSON.stringify(options)}).then((it) => it.violations)`,
  )
  return found.flatMap(({ id, nodes }) =>
    nodes.map((it) => `${id}: ${it.html} ${it.any[0]?.message ?? ''}`.trimEnd()),
  )
}
