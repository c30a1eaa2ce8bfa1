import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { ApiProblem, post } from '../api.ts'
import { api } from '../routes.ts'
import { usePasswordRefusal } from './usePasswordRefusal.ts'

/** A new password: first the mail with a link, then, with its token, the password itself. */
export function useForgotten(token: string) {
  const { t } = useI18n()
  const refusal = usePasswordRefusal()
  const text = ref('')
  const busy = ref(false)
  const done = ref(false)
  const failure = ref('')

  async function submit(): Promise<void> {
    if (busy.value || text.value.trim() === '') return
    busy.value = true
    failure.value = ''
    try {
      if (token) await post(api.resetPassword, { newPassword: text.value, token })
      else await post(api.forgotten, { email: text.value.trim() })
      done.value = true
    } catch (error) {
      failure.value = wordsFor(error)
    } finally {
      busy.value = false
    }
  }

  function wordsFor(error: unknown): string {
    if (!(error instanceof ApiProblem)) return t('signIn.failed')
    if (error.problem.code === 'INVALID_TOKEN') return t('forgotten.ended')
    if (error.status === 400) return refusal(error.problem) || t('forgotten.ended')
    if (error.status === 429) return t('signIn.locked', Math.ceil((error.retryAfterSeconds ?? 60) / 60))
    return t('signIn.failed')
  }
  return { text, busy, done, failure, submit }
}
