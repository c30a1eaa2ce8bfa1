import { onUnmounted, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { LADDER } from '../rounds.ts'
import type { Attempt } from '../types.ts'
import { useAnnouncer } from './useAnnouncer.ts'

const PAUSE_MS = 2000

/** Says "Passed: permissions, 4 of 8", at most every two seconds: only the newest counts. */
export function useProofAnnouncements(attempt: () => Attempt | null): void {
  const { t } = useI18n()
  const { announce } = useAnnouncer()
  let last = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  watch(
    () => attempt()?.checks.filter((check) => check.ok).length ?? 0,
    (passed, before) => {
      clearTimeout(timer)
      const kind = LADDER[passed - 1]
      if (!kind || before === undefined || attempt()?.status !== 'proving') return
      const text = t('ladder.announce', {
        name: t(`ladder.rungs.${kind}.name`),
        n: passed,
        all: LADDER.length,
      })
      timer = setTimeout(() => say(text), Math.max(0, last + PAUSE_MS - Date.now()))
    },
  )
  onUnmounted(() => clearTimeout(timer))

  function say(text: string): void {
    last = Date.now()
    announce(text)
  }
}
