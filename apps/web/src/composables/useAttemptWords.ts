import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Attempt, Connection } from '../types.ts'
import { useFormat } from './useFormat.ts'

/** Title and first sentence of an attempt, by how far it came. */
export function useAttemptWords(
  attempt: () => Attempt | null,
  connection: () => Connection | null,
  tenant: () => string,
) {
  const { t } = useI18n()
  const { short, longDate } = useFormat()
  const reached = computed(() => (attempt()?.checks.length ?? 0) > 0)

  /** Another account can be chosen only when it was proven. */
  const undecided = computed(() => attempt()?.candidate !== undefined)

  const title = computed(() => {
    const values = { tenant: tenant() }
    switch (attempt()?.status) {
      case 'succeeded':
        return t('attempt.connected', values)
      case 'failed':
        if (undecided.value) return t('attempt.decide')
        return reached.value ? t('attempt.failed') : t('attempt.stopped')
      case 'expired':
        return t('attempt.expired')
      case 'waiting':
        return t('attempt.waiting', values)
      default:
        return t('attempt.checking', values)
    }
  })
  const lead = computed(() => {
    const now = attempt()
    if (now?.status === 'proving') return t('attempt.checkingLead')
    if (now?.status === 'expired') {
      return now.finishedAt
        ? t('attempt.expiredOn', { date: short(now.finishedAt) })
        : t('attempt.expiredPlain')
    }
    if (now?.status === 'waiting') {
      const who = now.recipient
        ? t('attempt.waitingFor', { person: now.recipient })
        : t('attempt.waitingLead')
      return now.expiresAt ? `${who} ${t('attempt.until', { time: short(now.expiresAt) })}` : who
    }
    const failed = now?.kept ? 'attempt.keptLead' : 'attempt.failedLead'
    const key = undecided.value ? 'attempt.decideLead' : failed
    return now?.status === 'failed' ? t(key, { tenant: tenant().replace(/\.$/, '') }) : ''
  })
  /** Said when a sign-in from before goes on working. */
  const goesOn = computed(() => {
    const { status, consentedAt } = connection() ?? {}
    const works = status === 'connected' || status === 'attention'
    return attempt()?.status === 'failed' && !attempt()?.kept && works && consentedAt
      ? t('attempt.goesOn', { date: longDate(consentedAt) })
      : ''
  })
  return { title, lead, goesOn }
}
