import '@consentry/db/start'

// What is imported beside the line above would be looked up before it runs.
const { run } = await import('./run.ts')

await run(process.env)
