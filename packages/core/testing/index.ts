export type { Opened } from './contract/opened.ts'
export { openGrant } from '../src/grants.ts'
export { newDataKey } from '../src/seal.ts'
export { createMemoryStore, type MemoryStore } from './memory-store.ts'
export {
  accessTokenRow,
  attemptRow,
  breakdownRow,
  checkRow,
  chunkRow,
  connectionRow,
  grantRow,
  MONDAY,
  organisationRow,
  reportRow,
  serviceKeyRow,
} from './rows.ts'
export { storeContract } from './store-contract.ts'
