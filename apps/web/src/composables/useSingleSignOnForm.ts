import { computed, ref, watch } from 'vue'
import { api } from '../routes.ts'
import type { SingleSignOn } from '../types.ts'
import { useChange, useRead } from './useApi.ts'

/** The organisation's provider, as a form. */
export function useSingleSignOnForm() {
  const { data, error, isPending, missing, refetch } = useRead<SingleSignOn>(api.singleSignOnSettings)
  const saving = useChange<SingleSignOn>(api.singleSignOnSettings)
  const removal = useChange(api.singleSignOnSettings)
  const issuer = ref('')
  const clientId = ref('')
  const clientSecret = ref('')
  const domains = ref('')
  const newcomers = ref<'none' | 'viewer' | 'admin'>('none')
  const required = ref(false)
  const saved = ref(false)
  const there = computed(() => data.value !== undefined && !missing.value)

  watch(
    data,
    (now) => {
      if (!now) return
      issuer.value = now.issuer
      clientId.value = now.clientId
      domains.value = now.domains.join(', ')
      newcomers.value = now.newcomers ?? 'none'
      required.value = now.required
    },
    { immediate: true },
  )

  async function save(): Promise<void> {
    saved.value = false
    const body = {
      issuer: issuer.value.trim(),
      clientId: clientId.value.trim(),
      ...(clientSecret.value ? { clientSecret: clientSecret.value } : {}),
      domains: domains.value.split(/[\s,;]+/).filter((it) => it !== ''),
      newcomers: newcomers.value === 'none' ? null : newcomers.value,
      required: required.value,
    }
    const done = await saving.run({ method: 'PUT', path: api.singleSignOnSettings, body })
    saved.value = done !== null
    if (done) clientSecret.value = ''
  }
  async function remove(): Promise<boolean> {
    return (await removal.run({ method: 'DELETE', path: api.singleSignOnSettings })) !== null
  }
  const fields = { issuer, clientId, clientSecret, domains, newcomers, required }
  return { data, error, isPending, there, missing, refetch, fields, saving, removal, saved, save, remove }
}
