#!/usr/bin/env node
import { tellFailure } from './failure.ts'
import { createProgram } from './program.ts'

const asJson = process.argv.includes('--json')
const program = createProgram({
  env: process.env,
  now: () => new Date(),
  input: process.stdin,
  asJson,
  output: process.stdout,
  print({ value, text, ok }) {
    if (asJson) console.log(JSON.stringify(value))
    else if (text !== '') console.log(text)
    process.exitCode = ok === false ? 1 : 0
  },
})

try {
  await program.parseAsync(process.argv)
} catch (error) {
  process.exitCode = tellFailure(error, asJson)
}
