import { countKeys, generateKeyEntry, readKeyRing, record, rotateKeys, type KeyRing } from '@consentry/core'
import type { Command } from 'commander'

import { operator, withActs, withDatabase } from '../open.ts'
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
  keys
    .command('rotate')
    .description('seal every connection with the first key; may run while everything is working')
    .action(answer(shell, () => rotate(shell)))
}

function generate(shell: Shell): Outcome {
  const entry = generateKeyEntry(shell.now())
  return { value: { entry }, text: entry }
}

async function status(shell: Shell): Promise<Outcome> {
  const ring = readKeyRing(shell.env)
  const keys = await withDatabase(shell, ({ store }) => countKeys({ store, keys: ring }))
  return { value: { active: ring.activeId, keys }, text: tableOf(ring, keys) }
}

async function rotate(shell: Shell): Promise<Outcome> {
  const ring = readKeyRing(shell.env)
  const rotation = await withActs(shell, async ({ store, now }) => {
    const deps = { store, keys: ring, now }
    const done = await rotateKeys(deps)
    const details = { active: done.active, rewrapped: done.rewrapped, stuck: done.stuck }
    if (!done.auditLog) return done
    await record(deps, { organisationId: null, actor: operator(), action: 'keys.rotated', details })
    return done
  })
  const { rewrapped, stuck, auditLog, stuckSignOns, stuckChannels, keys } = rotation
  const lines = [`${rewrapped} connections are sealed anew with ${ring.activeId}.`, '', tableOf(ring, keys)]
  if (stuck.length > 0) lines.push('', `Not opened, and left as they are: ${stuck.join(', ')}`)
  if (!auditLog)
    lines.push('', "The audit log's key was not opened: put the key that wraps it back into CONSENTRY_KEYS.")
  if (stuckSignOns.length > 0)
    lines.push('', `Single sign-on secrets not opened, of the organisations: ${stuckSignOns.join(', ')}`)
  if (stuckChannels.length > 0)
    lines.push('', `Notification addresses not opened, of the channels: ${stuckChannels.join(', ')}`)
  const ok = stuck.length === 0 && auditLog && stuckSignOns.length + stuckChannels.length === 0
  return { value: rotation, text: lines.join('\n'), ok }
}

type Count = { readonly id: string; readonly rows: number }

function tableOf(ring: KeyRing, keys: readonly Count[]): string {
  const lines = keys.map(({ id, rows }) => [id, String(rows), role(ring, { id, rows })])
  return table(['KEY', 'CONNECTIONS', ''], lines, '')
}

function role(ring: KeyRing, { id, rows }: Count): string {
  if (id === ring.activeId) return 'seals'
  if (!ring.ids.includes(id)) return 'MISSING: put this key back into CONSENTRY_KEYS'
  return rows === 0 ? 'opens; needed by none, may be removed from CONSENTRY_KEYS' : 'opens'
}
