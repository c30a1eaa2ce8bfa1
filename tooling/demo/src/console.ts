import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

const WEB = resolve(import.meta.dirname, '../../../apps/web')
const BUILT = join(WEB, 'dist')
const SOURCES = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json']

/** Builds the console when that was never done, or when its sources are newer. */
export async function buildConsole(say: (line: string) => void): Promise<void> {
  if (await isFresh()) return
  say('Building the console …')
  // Beside the old one, which a running server may be serving from, until it is complete.
  const fresh = join(WEB, `node_modules/.demo-console-${process.pid}`)
  await build(fresh)
  await rm(BUILT, { recursive: true, force: true })
  try {
    await rename(fresh, BUILT)
  } catch (error) {
    // Another demo was quicker; its console is as good.
    await rm(fresh, { recursive: true })
    if (!(await isFresh())) throw error
  }
}

async function isFresh(): Promise<boolean> {
  const built = await stat(join(BUILT, 'index.html')).catch(() => null)
  if (!built) return false
  const changed = await Promise.all(SOURCES.map((it) => lastChange(join(WEB, it))))
  return Math.max(...changed) <= built.mtimeMs
}

async function lastChange(path: string): Promise<number> {
  const found = await stat(path).catch(() => null)
  if (!found?.isDirectory()) return found?.mtimeMs ?? 0
  const inside = await readdir(path, { recursive: true, withFileTypes: true })
  const times = inside.map(
    async (it) => (await stat(join(it.parentPath, it.name)).catch(() => null))?.mtimeMs ?? 0,
  )
  return Math.max(found.mtimeMs, ...(await Promise.all(times)))
}

/** Builds the page that shows every message; gives the folder. */
export async function buildMessageSheet(): Promise<string> {
  const folder = join(WEB, 'node_modules/.message-sheet')
  await build(folder, join(WEB, 'test/sheet'))
  return folder
}

async function build(folder: string, root = WEB): Promise<void> {
  const vite = join(
    dirname(createRequire(join(WEB, 'package.json')).resolve('vite/package.json')),
    'bin/vite.js',
  )
  const config = join(WEB, 'vite.config.ts')
  const args = [vite, 'build', root, '--config', config, '--outDir', folder, '--emptyOutDir']
  const child = spawn(process.execPath, [...args, '--logLevel', 'warn'], {
    cwd: WEB,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => void (said += text))
  await once(child, 'close')
  if (child.exitCode !== 0) throw new Error(`The console cannot be built:\n${said.trim()}`)
}
