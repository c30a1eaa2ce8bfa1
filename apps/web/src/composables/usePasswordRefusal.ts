import { useI18n } from 'vue-i18n'
import type { Problem } from '../types.ts'

const CODES: readonly string[] = ['PASSWORD_REFUSED', 'password_refused']

/**
 * Why a password was not taken; '' when that is not what happened. In English as the API says it, which names the one
 * reason; in other languages all that is asked of a password.
 */
export function usePasswordRefusal() {
  const { t, locale } = useI18n()
  return function refusal({ code, detail }: Problem): string {
    if (!CODES.includes(code)) return ''
    return (locale.value === 'en' && detail) || t('forgotten.refused')
  }
}
