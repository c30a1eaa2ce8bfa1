import type { Command } from 'commander'

import { examine } from '../examine.ts'
import { answer, type Outcome, type Shell } from '../shell.ts'

export function doctorCommand(program: Command, shell: Shell): void {
  program
    .command('doctor')
    .description('look for faults of this deployment; exit 1 when there is one')
    .action(answer(shell, () => doctor(shell)))
}

async function doctor(shell: Shell): Promise<Outcome> {
  const checks = await examine({ env: shell.env, now: shell.now, fetch })
  const ok = checks.every((it) => it.ok)
  const lines = checks.map((it) => `${it.ok ? '✓' : '✗'} ${it.name}: ${it.detail}`)
  return { value: { ok, checks }, text: lines.join('\n'), ok }
}
