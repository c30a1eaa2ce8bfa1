import { useI18n } from 'vue-i18n'
import { useAnnouncer } from './useAnnouncer.ts'

/** Puts text on the clipboard and confirms it with a toast. */
export function useCopy() {
  const { t } = useI18n()
  const { confirm } = useAnnouncer()

  async function copy(text: string, confirmation: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      confirm(confirmation)
    } catch {
      confirm(t('copy.refused'))
    }
  }
  return { copy }
}
