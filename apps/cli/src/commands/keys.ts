import {
  countKeys,
  generateKeyEntry,
  readKeyRing,
  readRingOnLeaving,
  record,
  rotateKeys,
  type KeyRing,
} from '@consentry/core'
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
    .option('--leave-vault', 'seal with CONSENTRY_KEYS again, and open what the key vault sealed')
    .action(answer(shell, (options: { leaveVault?: boolean }) => rotate(shell, options)))
}

function generate(shell: Shell): Outcome {
  const entry = generateKeyEntry(shell.now())
  return { value: { entry }, text: entry }
}

async function status(shell: Shell): Promise<Outcome> {
  const ring = readKeyRing(shell.env, { fetch, now: shell.now })
  const keys = await withDatabase(shell, ({ store }) => countKeys({ store, keys: ring }))
  const active = await ring.activeId()
  return { value: { active, keys }, text: tableOf(ring, active, keys) }
}

async function rotate(shell: Shell, { leaveVault }: { leaveVault?: boolean }): Promise<Outcome> {
  const world = { fetch, now: shell.now }
  const ring = leaveVault ? readRingOnLeaving(shell.env, world) : readKeyRing(shell.env, world)
  const rotation = await withActs(shell, async ({ store, now }) => {
    const deps = { store, keys: ring, now }
    const done = await rotateKeys(deps)
    const details = { active: done.active, rewrapped: done.rewrapped, stuck: done.stuck }
    if (!done.auditLog) return done
    await record(deps, { organisationId: null, actor: operator(), action: 'keys.rotated', details })
    return done
  })
  const { rewrapped, stuck, auditLog, stuckSignOns, stuckChannels, keys, active } = rotation
  const lines = [`${rewrapped} connections are sealed anew with ${active}.`, '', tableOf(ring, active, keys)]
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

function tableOf(ring: KeyRing, active: string, keys: readonly Count[]): string {
  const lines = keys.map(({ id, rows }) => [id, String(rows), role(ring, active, { id, rows })])
  return table(['KEY', 'CONNECTIONS', ''], lines, '')
}

function role(ring: KeyRing, active: string, { id, rows }: Count): string {
  if (id === active) return 'seals'
  if (!ring.opens(id)) return 'MISSING: put this key back into CONSENTRY_KEYS'
  if (!ring.ids.includes(id)) return 'opens; a version of the key vault'
  return rows === 0 ? 'opens; needed by none, may be removed from CONSENTRY_KEYS' : 'opens'
}
