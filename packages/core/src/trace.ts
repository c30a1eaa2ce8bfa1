import type { ConnectionRow } from './types.ts'

/** Runs a piece of work and tells whoever keeps traces when it began, how it ended, and what it was part of. */
export type Trace = <T>(
  name: string,
  about: Readonly<Record<string, string>>,
  work: () => Promise<T>,
) => Promise<T>

/** The work on one connection, as a span where traces are kept. Gives what the work gives. */
export function traced<T>(
  { trace }: { readonly trace?: Trace },
  name: string,
  { microsoftId, organisationId }: Pick<ConnectionRow, 'microsoftId' | 'organisationId'>,
  work: () => Promise<T>,
): Promise<T> {
  if (!trace) return work()
  return trace(
    name,
    { 'consentry.microsoft_id': microsoftId, 'consentry.organisation': organisationId },
    work,
  )
}
