import { existsSync, readFileSync } from 'node:fs'

import { expect, it } from 'vitest'

const ROOT = new URL('../../../', import.meta.url)
const text = readFileSync(new URL('docs/security.md', ROOT), 'utf8')
const rows = text.split('\n').filter((line) => /^\| \d+\.\d+/.test(line))

it('names for each requirement a test that is there, or says that there is none', () => {
  expect(rows.length).toBeGreaterThan(70)
  const shown = rows.map((row) => row.split('|').at(-2)?.trim() ?? '')
  expect(shown.filter((it) => it !== '–' && !/^(`[\w./-]+\.test\.ts`(, )?)+$/.test(it))).toEqual([])
  const named = shown.flatMap((it) => [...it.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''))
  expect(named.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([])
})
