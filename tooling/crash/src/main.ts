import { parseArgs } from 'node:util'

import { findPoints, GROUP, play } from './campaign.ts'
import { createTally } from './tally.ts'
import { DIALECTS, openWorld, type Dialect } from './world.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    /** Repeats one group of rounds alone. */
    group: { type: 'string' },
    database: { type: 'string' },
  },
})
const seed = Number(values.seed)
const dialects = DIALECTS.filter((it) => values.database === undefined || it === values.database)
const count = Math.ceil(Number(values.rounds) / GROUP / dialects.length)
const groups =
  values.group === undefined ? Array.from({ length: count }, (_, n) => n) : [Number(values.group)]
const tally = createTally()

async function playOn(dialect: Dialect): Promise<void> {
  const world = await openWorld(dialect)
  try {
    const points = await findPoints(world)
    for (const [operation, labels] of points)
      console.log(`${dialect}, ${operation}: ${labels.length} fault points`)
    // Another seed for each database, so that together they visit more points.
    const own = seed + 37 * DIALECTS.indexOf(dialect)
    await play(world, points, own, groups, (outcome) => {
      tally.add(dialect, outcome)
      if (values.group !== undefined) console.log(outcome)
      for (const fault of outcome.lost) {
        console.log(`LOST (${outcome.operation}, ${outcome.point}): ${fault}`)
        console.log(`Again: pnpm test:crash --seed ${seed} --group ${outcome.group} --database ${dialect}`)
      }
      if (tally.rounds % 50 === 0) console.log(tally.summary())
    })
  } finally {
    await world.close()
  }
}

await Promise.all(dialects.map(playOn))
console.table(tally.table())
console.log(tally.summary())
process.exitCode = tally.lost > 0 ? 1 : 0
