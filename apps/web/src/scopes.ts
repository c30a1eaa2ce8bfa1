import type { Scope } from './types.ts'

/** What a service may be let do, the commonest first. */
export const SCOPES = [
  'tokens:read',
  'connections:read',
  'billing:read',
  'billing:run',
  'connections:write',
  'connections:consent',
  'audit:read',
] as const satisfies readonly Scope[]
