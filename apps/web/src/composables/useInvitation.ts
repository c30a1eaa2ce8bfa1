import { useQuery } from '@tanstack/vue-query'
import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { ApiProblem, get, post } from '../api.ts'
import { queryClient } from '../queries.ts'
import { api, paths } from '../routes.ts'
import type { Invitation } from '../types.ts'
import { usePasswordRefusal } from './usePasswordRefusal.ts'
import { fetchMe, useSession } from './useSession.ts'
import { useFormDraft } from './useStored.ts'

/** An invitation's link: what it is for, and accepting it. */
export function useInvitation(token: string) {
  const { t } = useI18n()
  const router = useRouter()
  const { me } = useSession()
  const { data, error, isPending } = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => get<Invitation>(api.invitation(token)),
    retry: false,
    staleTime: Infinity,
  })
  const invitation = computed(() => data.value ?? null)
  const ended = computed(() => error.value instanceof ApiProblem && error.value.status === 404)
  const known = computed(() => invitation.value?.hasAccount ?? false)
  /** Somebody is signed in and is not whom it is for. */
  const otherPerson = computed(() => {
    const mail = invitation.value?.email
    return me.value !== null && mail !== null && mail !== undefined && me.value.person.email !== mail
  })
  const blank = () => ({ name: '', email: '', organisation: '' })
  const { fields, start } = useFormDraft('accepting', blank)
  const password = ref('')
  const refusal = usePasswordRefusal()
  const busy = ref(false)
  const failure = ref('')

  const addressed = () => invitation.value?.email ?? fields.value.email.trim()

  async function accept(): Promise<void> {
    if (busy.value) return
    busy.value = true
    failure.value = ''
    const address = addressed()
    try {
      const first = invitation.value?.organisation === null
      await post(api.invitation(token), {
        name: known.value ? (me.value?.person.name ?? address) : fields.value.name.trim() || address,
        ...(known.value ? {} : { password: password.value }),
        ...(first ? { email: address, organisation: fields.value.organisation.trim() } : {}),
      })
      if (!known.value) await post(api.signIn, { email: address, password: password.value })
      start(blank())
      queryClient.clear()
      await fetchMe()
      await router.replace(paths.today)
    } catch (problem) {
      failure.value = problem instanceof ApiProblem ? wordsFor(problem) : t('signIn.failed')
    } finally {
      busy.value = false
    }
  }

  function wordsFor({ status, problem, retryAfterSeconds }: ApiProblem): string {
    if (status === 404) return t('invitation.ended')
    if (problem.code === 'sign_in_first') return t('invitation.signInAs', { email: addressed() })
    if (status === 429) return t('signIn.locked', Math.ceil((retryAfterSeconds ?? 60) / 60))
    const incomplete = problem.code === 'malformed_request'
    return refusal(problem) || t(incomplete ? 'invitation.incomplete' : 'signIn.failed')
  }
  return {
    invitation,
    isPending,
    ended,
    known,
    otherPerson,
    me,
    fields,
    password,
    busy,
    failure,
    accept,
  }
}
