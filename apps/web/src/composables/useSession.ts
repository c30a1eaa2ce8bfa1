import { useQuery } from '@tanstack/vue-query'
import { computed, ref } from 'vue'
import { ApiProblem, get, onSignedOut, post } from '../api.ts'
import { queryClient } from '../queries.ts'
import { api, paths } from '../routes.ts'
import { forgetDrafts, keepDraftsOf } from './useStored.ts'
import type { Me } from '../types.ts'

const MINUTE = 60_000
const session = { queryKey: ['me'], queryFn: readMe, staleTime: 5 * MINUTE, retry: false }
const wasSignedOut = ref(false)

onSignedOut(() => {
  // Only somebody who had a session can lose it; the first visit simply has none.
  if (queryClient.getQueryData(session.queryKey)) wasSignedOut.value = true
})

async function readMe(): Promise<Me> {
  const me = await get<Me>(api.me)
  keepDraftsOf(`${me.person.id} ${me.organisation?.id ?? ''}`)
  return me
}

/** Throws ApiProblem; 401 when nobody is signed in. */
export function fetchMe(): Promise<Me> {
  return queryClient.fetchQuery(session)
}

/** Who is signed in, in which organisation, and whether they may change things. */
export function useSession() {
  const { data, error } = useQuery({ ...session, enabled: false })
  const me = computed(() => data.value ?? null)
  const role = computed(() => me.value?.role ?? null)
  const mayWrite = computed(() => role.value === 'owner' || role.value === 'admin')
  const unreachable = computed(() => error.value instanceof ApiProblem && error.value.status !== 401)
  return { me, role, mayWrite, unreachable, wasSignedOut, signOut, workIn }
}

/** The page is loaded anew, so nothing of this person stays in memory. */
async function signOut(): Promise<void> {
  await post(api.signOut).catch(() => undefined)
  forgetDrafts()
  location.assign(paths.signIn)
}

/** Goes on in another organisation of the person; the page is loaded anew, so nothing of this one stays in memory. */
function workIn(slug: string): void {
  const secure = location.protocol === 'https:' ? '; secure' : ''
  document.cookie = `consentry_organisation=${encodeURIComponent(slug)}; path=/; max-age=31536000; samesite=lax${secure}`
  location.assign(paths.today)
}
