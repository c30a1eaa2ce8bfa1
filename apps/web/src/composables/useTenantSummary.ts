import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { StopsWorkingBecause } from '@consentry/core'
import type { Capability, Check, Connection } from '../types.ts'
import { isRealDate } from '../dates.ts'
import { useEndWords } from './useEndWords.ts'
import { useFormat } from './useFormat.ts'
import { usePermissionWords } from './usePermissionWords.ts'
import { isKnownCode } from '../problems.ts'
import { useProblemText } from './useProblemText.ts'

export const CAPABILITIES = [
  'signIn',
  'partnerCenter',
  'graph',
  'mfa',
  'billing',
] as const satisfies readonly Capability[]
export const SOON_DAYS = 14

/** A tenant in one line: why it has its status, what works, when it stops. */
export function useTenantSummary(connection: () => Connection) {
  const { t } = useI18n()
  const { daysTo } = useFormat()
  const { reason, generalised } = useProblemText()
  const valuesOf = useTenantValues()
  const { wordsOf, shortOf } = useEndWords()

  const why = computed(() => {
    const { status, reason: code } = connection()
    if (status === 'connected') return ''
    const words = reason(code, valuesOf(connection()))
    if (!words && code && isKnownCode(code)) return generalised(code, 'title')
    return words || (status === 'new' || status === 'waiting' ? t(`authentication.reason.${status}`) : '')
  })
  const works = computed(() => {
    const states = connection().capabilities
    const ok = CAPABILITIES.filter((name) => states[name] === 'ok')
    const failing = CAPABILITIES.filter((name) => states[name] === 'failing')
    if (ok.length + failing.length === 0) return { text: t('app.none'), ok: null }
    if (ok.length === CAPABILITIES.length) return { text: t('authentication.works.all'), ok: true }
    if (connection().status === 'broken' || ok.length === 0)
      return { text: t('authentication.works.nothing'), ok: false }
    const [only] = failing
    if (only && failing.length === 1 && ok.length === CAPABILITIES.length - 1) {
      return {
        text: t('authentication.works.allBut', { what: t(`capabilities.inSentence.${only}`) }),
        ok: false,
      }
    }
    return { text: t('authentication.works.some', { n: ok.length }), ok: failing.length === 0 }
  })
  const stopsSoon = computed(() => {
    const by = connection().stopsWorkingBy
    return by !== null && daysTo(by) <= SOON_DAYS
  })
  /** Why it stops then, where that is more than Microsoft's rule for all. */
  const stopsBecause = computed(() => {
    const because = ruleOf(connection())
    return because && connection().stopsWorkingBy ? { short: shortOf(because), ...wordsOf(because) } : null
  })
  return { why, works, stopsSoon, stopsBecause }
}

/** What is known of a tenant, to fill the catalogue's sentences. */
export function useTenantValues() {
  const { longDate } = useFormat()
  const { known } = usePermissionWords()

  return function valuesOf(connection: Connection) {
    const missing = connection.missingScopes[0] ?? ''
    const rule = ruleOf(connection)
    const since = rule?.since
    return {
      tenant: connection.name,
      account: connection.account?.username ?? null,
      n: rule?.everyDays?.toString() ?? null,
      date: isRealDate(since) ? longDate(since) : null,
      permission: known.scope(missing),
      feature: known.feature(missing),
    }
  }
}

/** The tenant's own rule that ends its sign-in; being left unrefreshed for 90 days is none, it holds for everybody. */
export function ruleOf(connection: Connection): StopsWorkingBecause | null {
  const because = connection.stopsWorkingBecause
  return because && because.kind !== 'inactivity' ? because : null
}

/** Who signed in, as the account's own rung names it: a trip may be made with another account than the tenant's. */
export function accountOf(checks: readonly Check[]): string | null {
  const detail = checks.find((check) => check.kind === 'account')?.detail ?? ''
  return /[^\s,]+@[^\s,]+/.exec(detail)?.[0] ?? null
}
