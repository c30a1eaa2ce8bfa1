import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { get, post, request } from '../api.ts'
import { api } from '../routes.ts'
import type { Connection, ConsentLink, OpenConsentLink, Page } from '../types.ts'

export type LinkRequest = {
  readonly recipient?: string
  readonly reason?: string
  readonly expiresInSeconds?: number
}

/** Goes to Microsoft in this tab: pop-ups get blocked. `connect` adds the tenant first. */
export function useTripToMicrosoft() {
  const signIn = useMutation({
    mutationFn: async (microsoftId: string) => {
      const link = await makeLink(microsoftId, {})
      location.assign(link.url)
    },
  })
  const connect = useMutation({
    mutationFn: async (idOrDomain: string) => {
      const connection = await addTenant(idOrDomain)
      const link = await makeLink(connection.microsoftId, {})
      location.assign(link.url)
    },
  })
  return { signIn, connect }
}

/** Adds the tenant, or finds it when it is there already. */
export function addTenant(idOrDomain: string): Promise<Connection> {
  return post<Connection>(api.connections, { microsoftId: idOrDomain })
}

/** The address in the answer is shown once; only a new link can replace it. */
export function makeLink(microsoftId: string, options: LinkRequest): Promise<ConsentLink> {
  return post<ConsentLink>(`${api.connection(microsoftId)}/consent-links`, options)
}

export async function endLink(microsoftId: string, attemptId: string): Promise<void> {
  await request('DELETE', `${api.connection(microsoftId)}/consent-links/${attemptId}`)
}

/** Links of a tenant that nobody has come back with yet. */
export function useOpenLinks(microsoftId: MaybeRefOrGetter<string>, enabled: MaybeRefOrGetter<boolean>) {
  const client = useQueryClient()
  const key = computed(() => ['consent-links', toValue(microsoftId)])
  const { data } = useQuery({
    queryKey: key,
    queryFn: () => get<Page<OpenConsentLink>>(`${api.connection(toValue(microsoftId))}/consent-links`),
    enabled: computed(() => toValue(enabled)),
  })
  const newest = computed(() => data.value?.items[0] ?? null)
  return { newest, reload: () => client.invalidateQueries({ queryKey: key.value }) }
}
