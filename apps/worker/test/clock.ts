/** Preloaded into a worker (`node --import`): at SIGUSR2 its clock is set back an hour. */
const Real = Date
let shift = 0

globalThis.Date = class extends Real {
  constructor(...given: unknown[]) {
    // What the real one takes, it is given.
    super(...((given.length > 0 ? given : [Real.now() + shift]) as [number]))
  }
  static override now(): number {
    return Real.now() + shift
  }
} as DateConstructor

process.on('SIGUSR2', () => {
  shift = -3_600_000
})
