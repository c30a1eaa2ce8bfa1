export { buildConsole } from './console.ts'
export type { Account, People } from './people.ts'
export { startStack, type Stack, type StackOptions } from './stack.ts'
export { createVisitor, type Visitor } from './visitor.ts'
