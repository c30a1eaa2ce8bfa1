#!/usr/bin/env node
import { tellFailure } from './failure.ts'
import { createProgram } from './program.ts'

const asJson = process.argv.includes('--json')
const program = createProgram({
  env: process.env,
  now: () => new Date(),
  input: process.stdin,
  print({ value, text, ok }) {
    console.log(asJson ? JSON.stringify(value) : text)
    process.exitCode = ok === false ? 1 : 0
  },
})

try {
  await program.parseAsync(process.argv)
} catch (error) {
  process.exitCode = tellFailure(error, asJson)
}
