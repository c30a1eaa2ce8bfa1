import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

/** A file that holds this, until the test is over: some are private keys. */
export function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-file-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'content')
  writeFileSync(file, text)
  return file
}
