import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { ApiProblem, post } from '../api.ts'
import { queryClient } from '../queries.ts'
import { api } from '../routes.ts'
import { fetchMe } from './useSession.ts'

const LOCKED_SECONDS = 15 * 60

/** The sign-in form: what is typed, what is wrong with it, and going on to where the person wanted. */
export function useSignIn(destination: () => string) {
  const { t } = useI18n()
  const router = useRouter()
  const email = ref('')
  const password = ref('')
  const busy = ref(false)
  const tried = ref(false)
  const failure = ref('')
  const emailProblem = computed(() =>
    tried.value && email.value.trim() === '' ? t('signIn.emailMissing') : '',
  )
  const passwordProblem = computed(() =>
    tried.value && password.value === '' ? t('signIn.passwordMissing') : '',
  )

  async function submit(): Promise<void> {
    tried.value = true
    failure.value = ''
    if (emailProblem.value || passwordProblem.value || busy.value) return
    busy.value = true
    try {
      await post(api.signIn, { email: email.value.trim(), password: password.value })
      queryClient.clear()
      const me = await fetchMe()
      if (!me.organisation) failure.value = t('signIn.noOrganisation')
      else await router.replace(destination())
    } catch (error) {
      failure.value = wordsFor(error)
    } finally {
      busy.value = false
    }
  }

  function wordsFor(error: unknown): string {
    if (!(error instanceof ApiProblem)) return t('signIn.failed')
    if (error.status === 401) return t('signIn.wrong')
    if (error.status === 403) return t('signIn.noOrganisation')
    if (error.status === 429)
      return t('signIn.locked', Math.ceil((error.retryAfterSeconds ?? LOCKED_SECONDS) / 60))
    return t('signIn.failed')
  }
  return { email, password, busy, failure, emailProblem, passwordProblem, submit }
}
