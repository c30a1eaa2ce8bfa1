export { type Database, type DatabaseConfig, migrate, openDatabase, type OpenOptions } from './open.ts'
