export { codeOf, softwareKey } from './authenticator.ts'
export { startPostgres, type TestPostgres } from './postgres.ts'
