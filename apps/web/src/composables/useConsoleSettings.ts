import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { get } from '../api.ts'
import { queryClient } from '../queries.ts'
import { api } from '../routes.ts'
import type { ConsoleSettings } from '../types.ts'

const asked = {
  queryKey: ['console-settings'],
  queryFn: () => get<ConsoleSettings>(api.settings),
  staleTime: Infinity,
  retry: false,
}

/** Asks before a page stands, so that nothing on it moves when the answer comes. Not there is no reason to wait. */
export async function fetchConsoleSettings(): Promise<void> {
  await queryClient.prefetchQuery(asked)
}

/** What this deployment says of itself to everybody: region, operator, nightly window. */
export function useConsoleSettings() {
  const { t, te } = useI18n()
  const { data, isPending } = useQuery(asked)
  const settings = computed(() => data.value ?? null)
  const region = computed(() => settings.value?.region?.toUpperCase() ?? null)

  function regionName(name: string): string {
    return te(`regions.${name}`) ? t(`regions.${name}`) : name.toUpperCase()
  }
  return { settings, isPending, region, regionName }
}
