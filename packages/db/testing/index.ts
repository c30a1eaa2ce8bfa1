export { codeOf, softwareKey } from './authenticator.ts'
export { freePort } from './port.ts'
export { startPostgres, type TestPostgres } from './postgres.ts'
