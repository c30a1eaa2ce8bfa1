import { computed, onScopeDispose, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import * as dates from '../dates.ts'
import * as money from '../money.ts'

const MINUTE = 60_000
const now = ref(new Date())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

/** Dates and money in the person's language; words such as "today" turn over at midnight by themselves. */
export function useFormat() {
  const { t } = useI18n()
  const clock = computed<dates.Clock>(() => ({ now: now.value, locale: t('tag') }))
  followTime()

  return {
    clock,
    short: (iso: string) => dates.shortTime(iso, clock.value),
    time: (iso: string) => dates.timeOfDay(iso, clock.value),
    seconds: (iso: string) => dates.timeWithSeconds(iso, clock.value),
    day: (iso: string) => dates.longDay(iso, clock.value),
    shortDay: (iso: string) => dates.shortDay(iso, clock.value),
    date: (iso: string) => dates.dateOnly(iso, clock.value),
    longDate: (iso: string) => dates.longDate(iso, clock.value),
    month: (iso: string) => dates.monthOf(iso, clock.value),
    dateTime: (iso: string) => dates.dateAndTime(iso, clock.value),
    full: (iso: string) => dates.fullTime(iso, clock.value),
    daysTo: (iso: string) => dates.dayDistance(new Date(iso), clock.value),
    money: (amount: string, currency: string) => money.formatMoney(amount, currency, clock.value.locale),
    rounded: (amount: string, currency: string) => money.formatRounded(amount, currency, clock.value.locale),
    number: (value: string | number) => money.formatNumber(value, clock.value.locale),
    bytes: (size: number) => money.formatBytes(size, clock.value.locale),
    list: (names: readonly string[]) => new Intl.ListFormat(clock.value.locale).format(names),
    currencyName: (code: string) =>
      new Intl.DisplayNames(clock.value.locale, { type: 'currency' }).of(code) ?? code,
  }
}

function followTime(): void {
  if (users++ === 0) timer = setInterval(() => (now.value = new Date()), MINUTE)
  onScopeDispose(() => {
    if (--users === 0) clearInterval(timer)
  })
}
