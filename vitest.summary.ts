import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with one line that scripts can read: `N passed, N failed`, and `N skipped` where there are any. */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1
      if (module.errors().length > 0) count.failed += 1
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
    // After the default reporter's own last lines.
    process.on('exit', () =>
      console.log(`${count.passed} passed, ${count.failed + count.pending} failed${skipped}`),
    )
  }
}
