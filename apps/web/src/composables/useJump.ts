import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, onUnmounted, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { get, query } from '../api.ts'
import { api, paths } from '../routes.ts'
import type { ConnectionPage } from '../types.ts'
import { useSession } from './useSession.ts'

const TYPING_PAUSE_MS = 200
const MOST = 6
export type Place = { readonly to: string; readonly text: string }

/** Pages and tenants whose name has what is typed. */
export function useJump() {
  const { t } = useI18n()
  const { role } = useSession()
  const text = ref('')
  const asked = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(text, (value) => {
    clearTimeout(timer)
    timer = setTimeout(() => (asked.value = value.trim()), TYPING_PAUSE_MS)
  })
  onUnmounted(() => clearTimeout(timer))
  const filter = computed(() => query({ search: asked.value, limit: MOST }))
  const { data } = useQuery({
    queryKey: ['jump', filter],
    queryFn: ({ signal }) => get<ConnectionPage>(api.connections + filter.value, signal),
    placeholderData: keepPreviousData,
    enabled: computed(() => asked.value !== ''),
  })
  const pages = computed<readonly Place[]>(() => [
    { to: paths.today, text: t('nav.today') },
    { to: paths.authentication, text: t('nav.authentication') },
    { to: paths.billing, text: t('billing.title') },
    { to: paths.permissions, text: t('tenant.permissions.title') },
    ...(role.value === 'owner'
      ? [
          { to: paths.members, text: t('members.title') },
          { to: paths.singleSignOn, text: t('sso.title') },
          { to: paths.returnAddresses, text: t('returns.title') },
          { to: paths.serviceKeys, text: t('keys.title') },
          { to: paths.notifications, text: t('notifications.title') },
          { to: paths.audit, text: t('audit.title') },
        ]
      : []),
    { to: paths.profile, text: t('profile.title') },
    { to: paths.help, text: t('help.title') },
  ])
  const places = computed<readonly Place[]>(() => {
    const wanted = text.value.trim().toLowerCase()
    if (wanted === '') return []
    const tenants = asked.value === '' ? [] : (data.value?.items ?? [])
    return [
      ...tenants.map(({ microsoftId, name }) => ({ to: paths.tenant(microsoftId), text: name })),
      ...pages.value.filter((page) => page.text.toLowerCase().includes(wanted)),
    ]
  })
  return { text, places }
}
