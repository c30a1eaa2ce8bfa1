import { parseArgs } from 'node:util'

import { attack } from './campaign.ts'
import { DIALECTS, openWorld } from './world.ts'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    database: { type: 'string' },
    /** Part of a target's name, to repeat it alone. */
    only: { type: 'string' },
  },
})
const dialects = DIALECTS.filter((it) => values.database === undefined || it === values.database)
const requests = Math.ceil(Number(values.requests) / dialects.length)
for (const dialect of dialects) {
  const world = await openWorld(dialect)
  try {
    const { faults, tally } = await attack(world, { requests, seed: Number(values.seed), only: values.only })
    for (const fault of faults) console.log(`\nFAULT on ${dialect}, seed ${values.seed}: ${fault}`)
    if (tally.unreached.length > 0) console.log(`Never succeeded: ${tally.unreached.join(', ')}`)
    console.log(`\n${dialect}: ${tally.summary()}; faults: ${faults.length}`)
    if (faults.length > 0) process.exitCode = 1
  } finally {
    await world.close()
  }
}
