import type { ConnectionPatch } from '@consentry/core'
import { getTableColumns } from 'drizzle-orm'

import type { Tables } from '../tables.ts'

/** A connection's row: all columns but the one that only lists are ordered by. */
export function connectionColumns({ connections }: Tables) {
  const { nameFolded: _, ...columns } = getTableColumns(connections)
  return columns
}

/** A change to a row, with the folded name kept in step. */
export function withFoldedName<T extends Pick<ConnectionPatch, 'name'>>(
  patch: T,
): T & { nameFolded?: string } {
  return patch.name === undefined ? patch : { ...patch, nameFolded: fold(patch.name) }
}

export function fold(text: string): string {
  return text.toLowerCase()
}
