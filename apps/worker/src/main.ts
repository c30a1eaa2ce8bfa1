import '@consentry/db/start'

// What is imported beside the line above would be looked up before it runs.
await import('./run.ts')
