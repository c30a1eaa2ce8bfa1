import { computed, ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { dayKey } from '../dates.ts'
import type { Round } from '../rounds.ts'
import { useFormat } from './useFormat.ts'

const SHOWN_QUIET = 2
const WORTH_FOLDING = 3

export type TimelineEntry =
  | { readonly kind: 'round'; readonly key: string; readonly heading: string; readonly round: Round }
  | { readonly kind: 'quiet'; readonly key: string; readonly heading: string; readonly count: number }

/** Rounds as the page shows them: a heading per day, and long rows of quiet nights folded into one line. */
export function useTimeline(rounds: Ref<readonly Round[]>, onlyProblems: () => boolean) {
  const { t } = useI18n()
  const { clock, day, daysTo } = useFormat()
  const unfolded = ref(new Set<string>())

  const entries = computed(() => {
    const list: TimelineEntry[] = []
    let heading = ''
    for (const run of runsOf(rounds.value.filter((round) => !onlyProblems() || !round.ok))) {
      for (const part of fold(run)) list.push(withHeading(part))
    }
    return list

    function withHeading(part: readonly Round[] | Round): TimelineEntry {
      if (!('startedAt' in part)) return { kind: 'quiet', key: keyOf(part), heading: '', count: part.length }
      const name = dayKey(part.startedAt, clock.value)
      const fresh = name !== heading
      heading = name
      return {
        kind: 'round',
        key: part.startedAt,
        heading: fresh ? dayName(part.startedAt) : '',
        round: part,
      }
    }
  })

  function fold(run: readonly Round[]): (Round | readonly Round[])[] {
    const quiet = run.slice(SHOWN_QUIET)
    const folds = run[0]?.ok && quiet.length >= WORTH_FOLDING && !unfolded.value.has(keyOf(quiet))
    return folds ? [...run.slice(0, SHOWN_QUIET), quiet] : [...run]
  }
  function dayName(iso: string): string {
    if (daysTo(iso) === 0) return t('tenant.happened.today')
    return daysTo(iso) === -1 ? t('tenant.happened.yesterday') : day(iso)
  }
  return { entries, unfold: (key: string) => unfolded.value.add(key) }
}

/** Neighbours that ended alike. */
function runsOf(rounds: readonly Round[]): Round[][] {
  const runs: Round[][] = []
  for (const round of rounds) {
    const run = runs.at(-1)
    if (run?.[0]?.ok === round.ok) run.push(round)
    else runs.push([round])
  }
  return runs
}

function keyOf(quiet: readonly Round[]): string {
  return `quiet ${quiet[0]?.startedAt ?? ''}`
}
