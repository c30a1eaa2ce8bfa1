import type { Tracing } from './tracing.ts'

export type { Tracing }

/** Traces of this process, sent to a collector; null without one, and then nothing of all that is loaded. */
export async function openTracing(service: string, endpoint: string | null): Promise<Tracing | null> {
  if (endpoint === null) return null
  const { startTracing } = await import('./tracing.ts')
  return startTracing(service, endpoint)
}
