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
export { type Backup, BackupError, backUp, restore, type Restored } from './backup.ts'
export { DatabaseError, isLoss } from './errors.ts'
export { type Database, migrate, openConfigured, openDatabase, type OpenOptions } from './open.ts'
