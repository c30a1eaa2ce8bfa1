import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

const MOST_TABS = 80
/** Milliseconds that a busy machine may need to show what a key does. */
const PATIENCE = 10_000

/** Whether what has the focus is somewhere, and shows it: a ring around it, its field or its label. */
const SHOWN = `(() => {
  const at = document.activeElement
  if (!at || at === document.body) return 'nowhere'
  const near = [at, at.nextElementSibling]
  for (let it = at.parentElement; it && near.length < 8; it = it.parentElement) near.push(it)
  const ringed = near.some((it) => {
    const { outlineStyle, outlineWidth } = it ? getComputedStyle(it) : {}
    return outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2
  })
  return ringed ? 'seen' : 'unseen: ' + at.outerHTML.slice(0, 200)
})()`

/** Tabs until this has the focus. After each press the focus is on something, with a ring around it. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor({ state: 'attached' })
  for (let presses = 0; presses < MOST_TABS; presses += 1) {
    await page.keyboard.press('Tab')
    await expect.poll(() => page.evaluate(SHOWN), { message: String(wanted), timeout: PATIENCE }).toBe('seen')
    if (await isFocused(wanted)) return
  }
  throw new Error(`${MOST_TABS} presses of Tab do not lead to ${String(wanted)}`)
}

/** Tabs to a button or link, and presses it. */
export async function press(page: Page, wanted: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, wanted)
  await page.keyboard.press(key)
}

/** Tabs to a field, and types. */
export async function typeInto(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field)
  await page.keyboard.type(text)
}

/** The focus comes to this by itself, as after a change of page or the end of a dialog. */
export async function expectFocus(wanted: Locator): Promise<void> {
  await wanted.waitFor()
  await expect.poll(() => isFocused(wanted), { message: String(wanted), timeout: PATIENCE }).toBe(true)
}

function isFocused(wanted: Locator): Promise<boolean> {
  return wanted.first().evaluate((it) => it === it.ownerDocument.activeElement)
}
