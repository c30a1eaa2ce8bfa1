import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import type { ProblemButton } from '../problems.ts'
import { paths } from '../routes.ts'
import type { Connection, Problem } from '../types.ts'
import { useTripToMicrosoft } from './useConsent.ts'
import { useCopy } from './useCopy.ts'
import { useOpen } from './useStored.ts'
import { useTenantValues } from './useTenantSummary.ts'

type Handlers = Partial<Record<ProblemButton, () => void>>

/** What the one button of a problem does for a tenant; a page adds or replaces what only it can do. */
export function useProblemActions(microsoftId: MaybeRefOrGetter<string>, own: Handlers = {}) {
  const { t, te } = useI18n()
  const router = useRouter()
  const { copy } = useCopy()
  const { signIn } = useTripToMicrosoft()
  const dialog = useOpen(`link.${toValue(microsoftId)}`)
  const linkOpen = computed({
    get: () => dialog.value !== '',
    set: (open) => (dialog.value = open ? 'yes' : ''),
  })
  const valuesOf = useTenantValues()

  const handlers: Handlers = {
    sign_in: () => signIn.mutate(toValue(microsoftId)),
    send_link: () => (linkOpen.value = true),
    tenants: () => void router.push(paths.authentication),
    check_id: () => void router.push(paths.authentication),
    test: () => void router.push({ path: paths.tenant(toValue(microsoftId)), query: { test: '1' } }),
    run: () => void router.push(paths.reports(toValue(microsoftId))),
    choose: () => void router.push(paths.reports(toValue(microsoftId))),
    ...own,
  }

  function act(button: ProblemButton, problem: Problem, connection: Connection | null): void {
    if (button === 'instructions') copyInstructions(problem, connection)
    else if (button === 'support') copySupport(problem)
    else handlers[button]?.()
  }
  function copyInstructions({ code }: Problem, connection: Connection | null): void {
    const known = connection ? valuesOf(connection) : { tenant: null, account: null }
    const values = { tenant: known.tenant ?? '', account: known.account ?? '', id: toValue(microsoftId) }
    const text = te(`instructions.${code}`) ? t(`instructions.${code}`, values) : ''
    void copy(`${t('instructions.intro', values)}\n\n${text}`, t('copy.instructionsCopied'))
  }
  function copySupport({ code, microsoft }: Problem): void {
    void copy(JSON.stringify({ code, ...microsoft }, null, 2), t('copy.allCopied'))
  }
  return { act, linkOpen, signIn }
}
