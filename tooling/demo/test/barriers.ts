import { AxeBuilder } from '@axe-core/playwright'
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
  for (const { theme, width } of looks) {
    await page.emulateMedia({ reducedMotion: 'reduce', ...(theme ? { colorScheme: theme } : {}) })
    if (width) {
      await page.setViewportSize({ width, height: 900 })
      await expect.poll(() => page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width)
    }
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map((it) => [it.id, it.nodes.map((node) => node.html)])).toEqual([])
  }
  if (before) await page.setViewportSize(before)
}
