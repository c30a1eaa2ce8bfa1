import type { CheckView } from '@consentry/core'

export type Say = (line: string) => void

export type Steps = {
  /** Runs a step, and says in one line what came of it and how long it took. Throws what the step threw. */
  step<T>(name: string, work: () => Promise<{ result: T; detail: string }>): Promise<T>
  /** A step that gives nothing but its line. */
  tell(name: string, work: () => Promise<string>): Promise<void>
  /** A line for a rung of the ladder, with what the API tells of it. */
  rung(check: CheckView): void
}

export function createSteps(say: Say): Steps {
  async function step<T>(name: string, work: () => Promise<{ result: T; detail: string }>): Promise<T> {
    const started = performance.now()
    const elapsed = () => performance.now() - started
    try {
      const { result, detail } = await work()
      say(line('✓', name, elapsed(), detail))
      return result
    } catch (error) {
      say(line('✗', name, elapsed(), error instanceof Error ? error.message : 'no reason given'))
      throw error
    }
  }
  return {
    step,
    tell: (name, work) => step(name, async () => ({ result: undefined, detail: await work() })),
    rung: ({ ok, title, detail, ms }) => say(line(ok ? '  ✓' : '  ✗', title, ms, detail)),
  }
}

const NAME_WIDTH = 41
const TIME_WIDTH = 8

function line(mark: string, name: string, ms: number, detail: string): string {
  const time = `${Math.round(ms)} ms`.padStart(TIME_WIDTH)
  return `${`${mark} ${name}`.padEnd(NAME_WIDTH)} ${time}  ${detail}`
}
