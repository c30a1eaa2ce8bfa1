import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Need } from '../types.ts'
import { useFormat } from './useFormat.ts'

const SOON = 14

/** When a tenant needs somebody: now, by a day, or when they can. */
export function useWhen(of: MaybeRefOrGetter<Need>) {
  const { t } = useI18n()
  const { shortDay, date, daysTo } = useFormat()
  const need = computed(() => toValue(of))
  const dated = computed(() => {
    const { by } = need.value
    return by !== null && daysTo(by) <= SOON ? by : null
  })
  const when = computed(() => {
    if (need.value.status === 'broken') return t('today.now')
    return dated.value ? t('today.by', { day: shortDay(dated.value) }) : t('today.whenYouCan')
  })
  const detail = computed(() => {
    if (need.value.status === 'broken') return t('today.stopped')
    return dated.value
      ? t('today.inDays', { date: date(dated.value), n: daysTo(dated.value) }, daysTo(dated.value))
      : t('today.nothingStops')
  })
  return { when, detail }
}
