import { demo } from '@consentry/microsoft-simulator'

import type { Stack } from './stack.ts'
import type { Steps } from './steps.ts'
import type { Visitor } from './visitor.ts'

/** Who walks: a visitor of this stack who tells each step. */
export type Walker = Steps & Visitor & { readonly stack: Stack }

/** The tenant of the walk, and its address in the API. */
export const TENANT = demo.tenants.nordwind
export const CONNECTION = `/api/v1/connections/${TENANT.id}`
