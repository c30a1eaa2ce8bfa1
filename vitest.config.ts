import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{packages,apps,tooling}/*/test/**/*.test.ts'],
    reporters: ['default', './vitest.summary.ts'],
    // Much of the time goes by waiting for processes that tests start.
    maxWorkers: 2,
    // As the programs themselves do, so that a file of tests starts as quickly.
    execArgv: ['--import', import.meta.dirname + '/packages/db/src/start.ts'],
    // Some tests start a dozen programs; on a busy machine each takes seconds.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
