import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openBrowser } from '../src/browser.ts'

/** Unpacks the browser before the first test: of two that did so at once, one would start what is still being written. */
export async function setup(): Promise<void> {
  if (existsSync(join(tmpdir(), 'chromium'))) return
  const browser = await openBrowser()
  await browser.close()
}
