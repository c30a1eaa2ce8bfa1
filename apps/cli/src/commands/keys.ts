import { generateKeyEntry, readKeyRing, type KeyRing } from '@consentry/core'
import type { Command } from 'commander'

import { withDatabase } from '../open.ts'
import { answer, type Outcome, type Shell } from '../shell.ts'
import { table } from '../table.ts'

export function keysCommands(program: Command, shell: Shell): void {
  const keys = program.command('keys').description('the key ring that stored sign-ins are sealed with')
  keys
    .command('generate')
    .description('make an entry for CONSENTRY_KEYS (needs no configuration)')
    .action(answer(shell, async () => generate(shell)))
  keys
    .command('status')
    .description('how many connections each key seals')
    .action(answer(shell, () => status(shell)))
}

function generate(shell: Shell): Outcome {
  const entry = generateKeyEntry(shell.now())
  return { value: { entry }, text: entry }
}

async function status(shell: Shell): Promise<Outcome> {
  const ring = readKeyRing(shell.env)
  const used = await withDatabase(shell, ({ store }) => store.countByDataKey())
  const ids = new Set([...ring.ids, ...used.map((it) => it.id)])
  const keys = [...ids].map((id) => ({ id, rows: used.find((it) => it.id === id)?.rows ?? 0 }))
  const lines = keys.map(({ id, rows }) => [id, String(rows), role(ring, id)])
  return { value: { active: ring.activeId, keys }, text: table(['KEY', 'CONNECTIONS', ''], lines, '') }
}

function role(ring: KeyRing, id: string): string {
  if (id === ring.activeId) return 'seals'
  return ring.ids.includes(id) ? 'opens' : 'MISSING: put this key back into CONSENTRY_KEYS'
}
