/**
 * Who holds leases: one open database of one process. Others can tell whether it still runs, which a clock cannot: a
 * process that is slow or paused keeps what it holds, one that has ended frees it at once.
 */
export type Holder = {
  readonly id: string
  isAlive(id: string): Promise<boolean>
  close(): Promise<void>
}

/** Those of the ids, each once, whose processes have ended. */
export async function endedAmong(holder: Holder, ids: readonly (string | null)[]): Promise<string[]> {
  const others = [...new Set(ids)].flatMap((it) => (it === null || it === holder.id ? [] : [it]))
  const alive = await Promise.all(others.map((it) => holder.isAlive(it)))
  return others.filter((_, index) => !alive[index])
}
