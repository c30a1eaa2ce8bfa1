import { computed, ref } from 'vue'
import { ApiProblem, get, query, type Answer } from '../api.ts'
import { api } from '../routes.ts'
import type { AuditEntry, Page, Problem } from '../types.ts'
import { useChange, type Change } from './useApi.ts'
import { useSession } from './useSession.ts'

/** One thing that says something else than what somebody is about to save. */
export type Difference = { readonly label: string; readonly theirs: string; readonly mine: string }

/** Somebody was faster: who and when, where that may be known, and what is to be chosen between. */
export type Conflict = {
  readonly by: string | null
  readonly at: string | null
  readonly differences: readonly Difference[]
}

type Editing<Seen, Mine> = {
  /** Addresses that are read anew afterwards. */
  readonly changed: readonly string[]
  /** How it is saved over what was seen. */
  readonly change: (mine: Mine, seen: Seen) => Omit<Change, 'etag'>
  /** What it says now. Throws ApiProblem when it is no longer there. */
  readonly read: () => Promise<Answer<Seen>>
  /** What to choose between; nothing when both can stand, and then mine is saved over theirs. Throws like `read`. */
  readonly differences: (mine: Mine, before: Seen, theirs: Seen) => readonly Difference[]
  /** The action by which the audit log knows it, and whether an entry is about this very thing. */
  readonly act: string
  readonly isAbout?: (entry: AuditEntry) => boolean
  /** The API answers a change with what is there now. */
  readonly saved?: (now: Answer<Seen>) => void
  /** The person keeps what somebody else wrote. */
  readonly kept?: (theirs: Answer<Seen>) => void
}

const MOST_TRIES = 3

/** Saves what others edit too. What somebody changed meanwhile is never replaced without asking. */
export function useEdit<Seen, Mine>(editing: Editing<Seen, Mine>) {
  const { role } = useSession()
  const changing = useChange<Seen>(...editing.changed)
  const { run, busy } = changing
  const gone = ref<Problem | null>(null)
  const problem = computed(() => gone.value ?? changing.problem.value)
  const conflict = ref<Conflict | null>(null)
  let choice: { readonly mine: Mine; readonly theirs: Answer<Seen> } | null = null

  /** Mine over what was seen. True once it is saved; else `problem` or `conflict` says why not. */
  async function save(mine: Mine, seen: Answer<Seen>): Promise<boolean> {
    let over = seen
    gone.value = null
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const done = await run({ ...editing.change(mine, over.body), etag: over.etag })
      if (done) {
        conflict.value = null
        editing.saved?.(done)
        return true
      }
      if (changing.problem.value?.code !== 'changed_meanwhile') return false
      const now = await compare(mine, over.body)
      if (!now) return false
      if (now.differences.length > 0) return ask({ mine, theirs: now.theirs }, now.differences)
      over = now.theirs
    }
    return false
  }
  async function ask(between: NonNullable<typeof choice>, differences: readonly Difference[]) {
    reset()
    choice = between
    conflict.value = { ...(await whoWas(editing, role.value)), differences }
    return false
  }
  async function compare(mine: Mine, before: Seen) {
    try {
      const theirs = await editing.read()
      return { theirs, differences: editing.differences(mine, before, theirs.body) }
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      gone.value = error.problem
      return null
    }
  }
  function reset(): void {
    gone.value = null
    changing.reset()
  }
  async function useMine(): Promise<void> {
    if (choice) await save(choice.mine, choice.theirs)
  }
  /** Back to what was typed, undecided. */
  function goBack(): void {
    conflict.value = null
  }
  function keepTheirs(): void {
    goBack()
    if (choice) editing.kept?.(choice.theirs)
  }
  return { save, busy, problem, reset, conflict, useMine, keepTheirs, goBack }
}

/** The audit log is for owners, and only it knows who. */
async function whoWas(
  { act, isAbout }: Pick<Editing<never, never>, 'act' | 'isAbout'>,
  role: string | null,
): Promise<Pick<Conflict, 'by' | 'at'>> {
  if (role !== 'owner') return { by: null, at: null }
  const newest = await get<Page<AuditEntry>>(api.audit + query({ action: act, limit: 10 })).catch(() => null)
  const entry = newest?.items.find((it) => isAbout?.(it) ?? true)
  return { by: entry?.actor.name ?? null, at: entry?.at ?? null }
}
