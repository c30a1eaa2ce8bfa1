export {
  type Auth,
  type AuthOptions,
  CLIENT_ADDRESS_HEADER,
  createAuth,
  createPerson,
  PASSWORD_LENGTH,
  type Person,
  SIGN_IN_TRIES,
} from './auth.ts'
export { BackupError } from './backup-file.ts'
export { type Backup, backUp } from './backup.ts'
export { DatabaseError, isLoss } from './errors.ts'
export { type Database, migrate, openConfigured, openDatabase, type OpenOptions } from './open.ts'
export { restore, type Restored } from './restore.ts'
