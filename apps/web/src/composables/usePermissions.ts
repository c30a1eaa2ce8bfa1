import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { get, query } from '../api.ts'
import { api } from '../routes.ts'
import type { PermissionOverview } from '../types.ts'

/** What Consentry needs, and how a tenant stands to it; all of them when none is named. */
export function usePermissions(microsoftId: MaybeRefOrGetter<string | null> = null) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: computed(() => ['permissions', toValue(microsoftId)]),
    queryFn: ({ signal }) =>
      get<PermissionOverview>(api.permissions + query({ connection: toValue(microsoftId) }), signal),
  })
  return { data, error, isPending, refetch }
}
