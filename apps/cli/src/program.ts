import { Command } from 'commander'

import manifest from '../package.json' with { type: 'json' }
import { auditCommands } from './commands/audit.ts'
import { backupCommands } from './commands/backup.ts'
import { connectionCommands } from './commands/connection.ts'
import { customerConsentCommands } from './commands/customer-consent.ts'
import { doctorCommand } from './commands/doctor.ts'
import { keysCommands } from './commands/keys.ts'
import { memberCommands } from './commands/member.ts'
import { migrateCommand } from './commands/migrate.ts'
import { organisationCommands } from './commands/organisation.ts'
import { serviceKeyCommands } from './commands/service-key.ts'
import type { Shell } from './shell.ts'

/** The whole command line. Wrong use throws commander's `CommanderError`, everything else what the work threw. */
export function createProgram(shell: Shell): Command {
  const program = new Command('consentry')
    .description('Operates a Consentry deployment. Configured by the same environment as the server.')
    .version(manifest.version)
    .option('--json', 'print exactly one JSON value on stdout')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void shell.output.write(text),
      writeErr: (text) => void shell.errors.write(text),
    })
    .showHelpAfterError('(see what it takes with --help)')
    .exitOverride()
  migrateCommand(program, shell)
  organisationCommands(program, shell)
  memberCommands(program, shell)
  serviceKeyCommands(program, shell)
  connectionCommands(program, shell)
  customerConsentCommands(program, shell)
  keysCommands(program, shell)
  auditCommands(program, shell)
  backupCommands(program, shell)
  doctorCommand(program, shell)
  return program
}
