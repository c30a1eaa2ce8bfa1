import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { ApiProblem, post } from '../api.ts'
import { api } from '../routes.ts'
import { useEntering } from './useEntering.ts'

/** The second step of a sign-in: six digits of an app, or a recovery code. */
export function useSecondStep() {
  const { t } = useI18n()
  const recovery = ref(false)
  const expired = ref(false)
  const code = ref('')
  const { busy, failure, enter } = useEntering(() =>
    t(recovery.value ? 'secondStep.wrongRecovery' : 'secondStep.wrong'),
  )
  const bare = computed(() => code.value.replaceAll(/\s/g, ''))
  const ready = computed(() => (recovery.value ? bare.value.length > 5 : /^\d{6}$/.test(bare.value)))

  async function submit(): Promise<void> {
    if (!ready.value) return
    await enter(async () => {
      try {
        await post(recovery.value ? api.recoveryCode : api.code, { code: bare.value })
      } catch (error) {
        // The password's part of it is good for a few minutes only.
        expired.value = error instanceof ApiProblem && error.problem.code === 'INVALID_TWO_FACTOR_COOKIE'
        throw error
      }
      return 'in'
    })
    if (expired.value) failure.value = t('secondStep.expired')
    if (failure.value) code.value = ''
  }

  function other(): void {
    recovery.value = !recovery.value
    code.value = ''
    failure.value = ''
  }
  return { recovery, code, ready, busy, failure, submit, other }
}
