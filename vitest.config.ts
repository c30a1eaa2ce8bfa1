import { existsSync, statfsSync } from 'node:fs'

import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that start programs, browsers and databases take longest: begun last, one of them would run alone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) =>
      /\/(tooling\/(crash|demo|fuzz)|apps\/worker)\//.test(moduleId)
    return sorted.toSorted((a, b) => Number(isLong(b)) - Number(isLong(a)))
  }
}

const MEMORY = '/dev/shm'
const ROOM = 8 * 2 ** 30

// A disk makes each commit wait, and a killed program loses what it had not written on either.
if (existsSync(MEMORY)) {
  const { bavail, bsize } = statfsSync(MEMORY)
  if (bavail * bsize >= ROOM) process.env.TMPDIR ??= MEMORY
}

export default defineConfig({
  test: {
    include: ['{packages,apps,tooling}/*/test/**/*.test.ts'],
    globalSetup: './tooling/demo/testing/unpack.ts',
    reporters: ['default', './vitest.summary.ts'],
    // More than the two cores this has to run on: a third of the time goes by waiting for what tests start.
    maxWorkers: 3,
    // What a file of tests imports is read once for all: nothing of ours is mocked, and what a module keeps it keeps by world.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // As the programs themselves do, so that a file of tests starts as quickly.
    execArgv: ['--import', import.meta.dirname + '/packages/db/src/start.ts'],
    // Some tests start a dozen programs; on a busy machine each takes seconds.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Nor is a page there within a second then.
    expect: { poll: { timeout: 20_000 } },
  },
})
