import type { EndKind, StopsWorkingBecause } from '@consentry/core'
import { useI18n } from 'vue-i18n'
import { useFormat } from './useFormat.ts'
import { usePermissionWords } from './usePermissionWords.ts'
import { useProblemText } from './useProblemText.ts'

/** Why something stops, how that is known, and what to do before. */
export type EndWords = { readonly why: string; readonly known: string; readonly todo: string }

/** The code that says the same of a tenant once it hurts. */
const CODES: Readonly<Record<EndKind, string>> = {
  inactivity: 'expired',
  sign_in_frequency: 'sign_in_frequency',
  mfa_age: 'mfa_too_old',
  permission: 'permission_missing',
  enforcement: 'mfa_missing',
  application_secret: 'application_secret_expiring',
}

/** Whether this end, and nothing else, is what a tenant needs somebody for. */
export function isOf(
  because: StopsWorkingBecause | null | undefined,
  code: string | null | undefined,
): boolean {
  return because !== null && because !== undefined && (!code || CODES[because.kind] === code)
}

/** Words for what is to come, in the reader's language. */
export function useEndWords() {
  const { t, te } = useI18n()
  const { longDate } = useFormat()
  const { known, plain } = usePermissionWords()
  const { sentence } = useProblemText()

  function wordsOf({ kind, everyDays, learntAt, permission }: StopsWorkingBecause): EndWords {
    const values = {
      n: everyDays?.toString() ?? null,
      date: learntAt ? longDate(learntAt) : null,
      permission: permission ? plain(permission) : null,
      feature: known.feature(permission ?? ''),
    }
    return {
      why: sentence(`ends.${kind}.why`, values) || t('ends.plain'),
      known: sentence(`ends.${kind}.known`, values),
      todo: sentence(`ends.${kind}.todo`, values),
    }
  }
  const shortOf = ({ kind }: StopsWorkingBecause) => (te(`ends.${kind}.short`) ? t(`ends.${kind}.short`) : '')
  return { wordsOf, shortOf }
}
