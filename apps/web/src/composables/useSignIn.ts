import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import { post } from '../api.ts'
import { hasPasskeys, showPasskey } from '../passkeys.ts'
import { api, paths } from '../routes.ts'
import { useEntering } from './useEntering.ts'
import { forgetOrganisation } from './useSingleSignOn.ts'

const FAULTS: readonly string[] = [
  'unavailable',
  'provider_refused',
  'expired',
  'address_unverified',
  'domain_not_allowed',
  'not_a_member',
]

/** The sign-in form: what is typed, what is wrong with it, and the ways in. */
export function useSignIn() {
  const { t } = useI18n()
  const route = useRoute()
  const router = useRouter()
  const way = ref<'password' | 'passkey'>('password')
  const { busy, failure, enter, destination } = useEntering(() =>
    t(way.value === 'passkey' ? 'signIn.passkeyRefused' : 'signIn.wrong'),
  )
  const email = ref('')
  const password = ref('')
  const tried = ref(false)
  const emailProblem = computed(() =>
    tried.value && email.value.trim() === '' ? t('signIn.emailMissing') : '',
  )
  const passwordProblem = computed(() =>
    tried.value && password.value === '' ? t('signIn.passwordMissing') : '',
  )
  const fault = route.query['sso']
  if (typeof fault === 'string' && FAULTS.includes(fault)) {
    failure.value = t(`signIn.faults.${fault}`)
    if (fault === 'unavailable') forgetOrganisation()
  }

  async function submit(): Promise<void> {
    way.value = 'password'
    tried.value = true
    if (emailProblem.value || passwordProblem.value) return
    await enter(async () => {
      const body = { email: email.value.trim(), password: password.value }
      const { twoFactorRedirect } = await post<{ twoFactorRedirect?: boolean }>(api.signIn, body)
      if (!twoFactorRedirect) return 'in'
      await router.push({ path: paths.secondStep, query: route.query })
      return 'elsewhere'
    })
  }

  async function byPasskey(): Promise<void> {
    way.value = 'passkey'
    await enter(async () => ((await showPasskey()) ? 'in' : 'elsewhere'))
  }
  const passkeys = hasPasskeys()
  return {
    email,
    password,
    busy,
    failure,
    emailProblem,
    passwordProblem,
    submit,
    passkeys,
    byPasskey,
    destination,
    way,
  }
}
