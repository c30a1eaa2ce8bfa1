import { useMutation } from '@tanstack/vue-query'
import { computed, ref } from 'vue'
import { ApiProblem } from '../api.ts'
import { addTenant, endLink, makeLink } from './useConsent.ts'
import { useDraft } from './useStored.ts'
import { queryClient } from '../queries.ts'
import type { ConsentLink } from '../types.ts'

const DAY_SECONDS = 24 * 60 * 60

export type MadeConsentLink = ConsentLink & { readonly microsoftId: string }

/** Making a link for somebody else; a new one ends the one made before in this dialog. */
export function useSendLink(microsoftId: () => string, addFirst: boolean, onMade: () => void) {
  const recipient = useDraft(`link-recipient.${microsoftId()}`)
  const reason = useDraft(`link-reason.${microsoftId()}`)
  const days = ref('2')
  const made = ref<MadeConsentLink | null>(null)
  const seconds = computed(() => Number(days.value) * DAY_SECONDS)
  const until = computed(() => new Date(Date.now() + seconds.value * 1000).toISOString())

  const making = useMutation({
    mutationFn: async () => {
      const id = addFirst ? (await addTenant(microsoftId())).microsoftId : microsoftId()
      const link = await makeLink(id, {
        expiresInSeconds: seconds.value,
        ...(recipient.value.trim() ? { recipient: recipient.value.trim() } : {}),
        ...(reason.value.trim() ? { reason: reason.value.trim() } : {}),
      })
      return { ...link, microsoftId: id }
    },
    onSuccess: (link) => {
      made.value = link
      reason.value = ''
      void queryClient.invalidateQueries({ queryKey: ['connections'] })
      onMade()
    },
  })
  const problem = computed(() =>
    making.error.value instanceof ApiProblem ? making.error.value.problem : null,
  )

  async function again(): Promise<void> {
    if (made.value) await endLink(made.value.microsoftId, made.value.attemptId).catch(() => undefined)
    made.value = null
  }
  return {
    recipient,
    reason,
    days,
    until,
    made,
    problem,
    busy: making.isPending,
    make: () => making.mutate(),
    again,
  }
}
