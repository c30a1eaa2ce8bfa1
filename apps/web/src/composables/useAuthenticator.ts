import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { ApiProblem, post } from '../api.ts'
import { api } from '../routes.ts'

type Enabled = { readonly totpURI: string; readonly backupCodes: readonly string[] }

/** Setting up an authenticator app: the password, then a code that shows that the app has the secret. */
export function useAuthenticator() {
  const { t } = useI18n()
  const password = ref('')
  const code = ref('')
  const busy = ref(false)
  const failure = ref('')
  const given = ref<Enabled | null>(null)
  const done = ref(false)
  const address = computed(() => given.value?.totpURI ?? '')
  /** In groups of four, as it is typed into an app that cannot read the picture. */
  const secret = computed(() => {
    const text = address.value ? (new URL(address.value).searchParams.get('secret') ?? '') : ''
    return (text.match(/.{1,4}/g) ?? []).join(' ')
  })
  const recoveryCodes = computed(() => given.value?.backupCodes ?? [])

  async function run(step: () => Promise<void>, refused: string): Promise<void> {
    if (busy.value) return
    busy.value = true
    failure.value = ''
    try {
      await step()
    } catch (error) {
      const wrong = error instanceof ApiProblem && (error.status === 400 || error.status === 401)
      failure.value = wrong ? t(refused) : t('signIn.failed')
    } finally {
      busy.value = false
    }
  }

  const begin = () =>
    run(async () => {
      given.value = await post<Enabled>(api.enableCode, { password: password.value })
      password.value = ''
    }, 'authenticator.wrongPassword')
  const confirm = () =>
    run(async () => {
      await post(api.code, { code: code.value.replaceAll(/\s/g, '') })
      done.value = true
    }, 'secondStep.wrong')
  return { password, code, busy, failure, given, done, address, secret, recoveryCodes, begin, confirm }
}
