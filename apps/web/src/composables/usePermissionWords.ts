import { useI18n } from 'vue-i18n'
import type { NeededPermission } from '../types.ts'

/** Permissions in plain words; one that has none here is called as the API or Microsoft calls it. */
export function usePermissionWords() {
  const { t, te } = useI18n()
  const said = (key: string) => (te(key) ? t(key) : '')
  /** '' for one that has no words. */
  const known = {
    scope: (scope: string) => said(`scopes.${keyOf(scope)}`),
    feature: (scope: string) => said(`features.${keyOf(scope)}`),
    reason: (scope: string) => said(`customers.reasons.${keyOf(scope)}`),
  }
  return {
    known,
    plain: (scope: string) => known.scope(scope) || scopeName(scope),
    title: ({ name, title }: NeededPermission) => known.scope(name) || title,
    feature: ({ name, feature }: NeededPermission) => known.feature(name) || feature,
  }
}

/** The technical name without its resource. */
export function scopeName(scope: string): string {
  return scope.slice(scope.lastIndexOf('/') + 1)
}

function keyOf(scope: string): string {
  return scopeName(scope).replaceAll('.', '_')
}
