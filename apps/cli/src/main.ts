#!/usr/bin/env node
import '@consentry/db/start'

// What is imported beside the line above would be looked up before it runs.
const { tellFailure } = await import('./failure.ts')
const { createProgram } = await import('./program.ts')

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
