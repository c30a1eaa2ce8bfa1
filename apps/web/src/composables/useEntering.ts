import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import { ApiProblem } from '../api.ts'
import { queryClient } from '../queries.ts'
import { paths } from '../routes.ts'
import { fetchMe } from './useSession.ts'

const LOCKED_SECONDS = 15 * 60

/** What every way in has in common: one try at a time, what went wrong in words, and going on to where the person wanted. */
export function useEntering(wrong: () => string) {
  const { t } = useI18n()
  const router = useRouter()
  const destination = useDestination()
  const busy = ref(false)
  const failure = ref('')

  /** Runs the steps of a way in. When they say so there is more to do elsewhere; else the console opens. */
  async function enter(steps: () => Promise<'in' | 'elsewhere'>): Promise<void> {
    if (busy.value) return
    busy.value = true
    failure.value = ''
    try {
      if ((await steps()) === 'elsewhere') return
      queryClient.clear()
      await fetchMe()
      await router.replace(destination())
    } catch (error) {
      if (error instanceof ApiProblem && error.problem.code === 'second_step_needed')
        await router.push({ path: paths.setUpStep, query: { to: destination() } })
      else failure.value = wordsFor(error)
    } finally {
      busy.value = false
    }
  }

  function wordsFor(error: unknown): string {
    if (!(error instanceof ApiProblem)) return t('signIn.failed')
    if (error.status === 400 || error.status === 401) return wrong()
    if (error.status === 403 && error.problem.detail.includes('single sign-on'))
      return t('signIn.onlySingleSignOn')
    if (error.status === 403) return t('signIn.noOrganisation')
    if (error.status === 429)
      return t('signIn.locked', Math.ceil((error.retryAfterSeconds ?? LOCKED_SECONDS) / 60))
    return t('signIn.failed')
  }
  return { busy, failure, enter, destination }
}

/** Where to go after signing in: only an address of this console, never where a link from elsewhere would like to send somebody. */
export function useDestination(): () => string {
  const route = useRoute()
  return () => {
    const { to } = route.query
    return typeof to === 'string' && /^\/(?![/\\])/.test(to) && !to.startsWith(paths.signIn)
      ? to
      : paths.today
  }
}
