export type { Account, People } from './people.ts'
export { startStack, type Stack, type StackOptions } from './stack.ts'
