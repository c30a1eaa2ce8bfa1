import { useMutation } from '@tanstack/vue-query'
import { computed, ref } from 'vue'
import { problemOf } from '../api.ts'
import { addTenant, endLink, makeLink } from './useConsent.ts'
import { useFormDraft } from './useStored.ts'
import { queryClient } from '../queries.ts'
import type { ConsentLink } from '../types.ts'

const DAY_SECONDS = 24 * 60 * 60

export type MadeConsentLink = ConsentLink & { readonly microsoftId: string }

/** Making a link for somebody else; a new one ends the one made before in this dialog. */
export function useSendLink(microsoftId: () => string, addFirst: boolean, onMade: () => void) {
  const blank = () => ({ recipient: '', reason: '', days: '2' })
  const { fields, start } = useFormDraft(`link.${microsoftId()}`, blank)
  const made = ref<MadeConsentLink | null>(null)
  const seconds = computed(() => Number(fields.value.days) * DAY_SECONDS)
  const until = computed(() => new Date(Date.now() + seconds.value * 1000).toISOString())

  const making = useMutation({
    mutationFn: async () => {
      const id = addFirst ? (await addTenant(microsoftId())).microsoftId : microsoftId()
      const [recipient, reason] = [fields.value.recipient.trim(), fields.value.reason.trim()]
      const link = await makeLink(id, {
        expiresInSeconds: seconds.value,
        ...(recipient ? { recipient } : {}),
        ...(reason ? { reason } : {}),
      })
      return { ...link, microsoftId: id }
    },
    onSuccess: (link) => {
      made.value = link
      // A link that replaces this one is for the same person.
      start({ ...fields.value, reason: '' })
      void queryClient.invalidateQueries({ queryKey: ['connections'] })
      onMade()
    },
  })
  const problem = computed(() => problemOf(making.error.value))

  async function again(): Promise<void> {
    if (made.value) await endLink(made.value.microsoftId, made.value.attemptId).catch(() => undefined)
    made.value = null
  }
  return {
    fields,
    until,
    made,
    problem,
    busy: making.isPending,
    make: () => making.mutate(),
    again,
  }
}
