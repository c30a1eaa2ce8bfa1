#!/usr/bin/env node
import '@consentry/db/start'

// What is imported beside the line above would be looked up before it runs.
const { run } = await import('./run.ts')

const { argv, env, stdin, stdout, stderr } = process
process.exitCode = await run(argv.slice(2), { env, input: stdin, output: stdout, errors: stderr })
