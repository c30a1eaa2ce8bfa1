export type { Opened } from './contract/opened.ts'
export { openGrant } from '../src/grants.ts'
export { newDataKey } from '../src/seal.ts'
export { createMemoryStore, type MemoryStore } from './memory-store.ts'
export {
  accessTokenRow,
  attemptRow,
  auditNote,
  breakdownRow,
  checkRow,
  chunkRow,
  connectionRow,
  grantRow,
  MONDAY,
  organisationRow,
  reportRow,
  serviceKeyRow,
  TESTER,
} from './rows.ts'
export { storeContract } from './store-contract.ts'
