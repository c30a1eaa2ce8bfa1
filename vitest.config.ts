import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{packages,apps,tooling}/*/test/**/*.test.ts'],
    reporters: ['default', './vitest.summary.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
