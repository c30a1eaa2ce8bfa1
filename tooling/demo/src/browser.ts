import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import chromium, { inflate } from '@sparticuz/chromium'
import { chromium as playwright, type Browser } from 'playwright-core'

/**
 * A real Chromium from a package. Not with the package's own arguments: they turn off what tests are to see, web
 * security above all. Where the machine lacks a library that Chromium needs, the package's own copies serve.
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await chromium.executablePath()
  try {
    return await playwright.launch({ executablePath })
  } catch (error) {
    if (!String(error).includes('error while loading shared libraries')) throw error
    return playwright.launch({ executablePath, env: await withLibraries() })
  }
}

async function withLibraries(): Promise<Record<string, string>> {
  const build = dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium')))
  const folder = await inflate(join(build, '../bin/al2023.tar.br'))
  const inherited = Object.entries(process.env).filter((it): it is [string, string] => it[1] !== undefined)
  return { ...Object.fromEntries(inherited), LD_LIBRARY_PATH: join(folder, 'lib') }
}
