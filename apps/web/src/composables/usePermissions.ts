import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { get, query } from '../api.ts'
import { api } from '../routes.ts'
import type { NeededPermission, PermissionOverview } from '../types.ts'
import { scopeKey, scopeName } from './useTenantSummary.ts'

/** What Consentry needs, and how a tenant stands to it; all of them when none is named. */
export function usePermissions(microsoftId: MaybeRefOrGetter<string | null> = null) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: computed(() => ['permissions', toValue(microsoftId)]),
    queryFn: ({ signal }) =>
      get<PermissionOverview>(api.permissions + query({ connection: toValue(microsoftId) }), signal),
  })
  return { data, error, isPending, refetch }
}

/** Permissions in plain words; one that has none here is called as the API or Microsoft calls it. */
export function usePermissionWords() {
  const { t, te } = useI18n()
  const known = (place: 'scopes' | 'features', scope: string) => {
    const key = `${place}.${scopeKey(scope)}`
    return te(key) ? t(key) : ''
  }
  return {
    plain: (scope: string) => known('scopes', scope) || scopeName(scope),
    title: ({ name, title }: NeededPermission) => known('scopes', name) || title,
    feature: ({ name, feature }: NeededPermission) => known('features', name) || feature,
  }
}
