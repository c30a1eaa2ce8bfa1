import { useInfiniteQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { get, query } from '../api.ts'
import { api } from '../routes.ts'
import type { AuditEntry, Page } from '../types.ts'
import { useAddress } from './useAddress.ts'
import { useQueryText } from './useQueryText.ts'

/** Subjects that can be filtered by, as the actions name them. */
export const SUBJECTS = [
  'token',
  'grant',
  'consent',
  'connection',
  'application',
  'customer_consent',
  'report',
  'person',
  'member',
  'invitation',
  'service_key',
  'workload_identity',
  'single_sign_on',
  'organisation',
  'return_origins',
  'notifications',
  'audit',
] as const

export type AuditGroup = { readonly entry: AuditEntry; readonly more: readonly AuditEntry[] }

/** The log, newest first. Filters live in the address; equal tokens that follow each other are one line. */
export function useAudit(enabled: () => boolean) {
  const goTo = useAddress()
  const text = useQueryText()
  const actor = computed(() => text('actor'))
  const action = computed(() => SUBJECTS.find((it) => it === text('action')) ?? '')
  const filters = computed(() => ({ actor: actor.value.trim(), action: action.value, limit: 50 }))
  const found = useInfiniteQuery({
    queryKey: ['audit', filters],
    queryFn: ({ pageParam, signal }) =>
      get<Page<AuditEntry>>(api.audit + query({ ...filters.value, cursor: pageParam }), signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    enabled: computed(enabled),
  })
  const entries = computed(() => found.data.value?.pages.flatMap((page) => page.items) ?? [])
  const groups = computed(() => grouped(entries.value))
  const show = (changes: Record<string, string | undefined>) => goTo(changes, { replace: true })
  return { ...found, entries, groups, actor, action, show }
}

/** Tokens that one service got one after the other are one line. */
export function grouped(entries: readonly AuditEntry[]): AuditGroup[] {
  const groups: { entry: AuditEntry; more: AuditEntry[] }[] = []
  for (const entry of entries) {
    const last = groups.at(-1)
    const same =
      last?.entry.action === 'token.issued' &&
      entry.action === 'token.issued' &&
      last.entry.actor.name === entry.actor.name &&
      last.entry.at.slice(0, 10) === entry.at.slice(0, 10)
    if (last && same) last.more.push(entry)
    else groups.push({ entry, more: [] })
  }
  return groups
}
