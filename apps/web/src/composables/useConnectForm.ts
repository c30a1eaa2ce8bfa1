import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { isWellFormed, readMicrosoftId } from '../microsoft-id.ts'
import { problemOf } from '../api.ts'
import { useTripToMicrosoft } from './useConsent.ts'
import { useDraft } from './useStored.ts'
import { useTenantLookup } from './useTenantLookup.ts'

/** The Microsoft ID field: what is typed, whether it can be one, what Microsoft says of it, and Update. */
export function useConnectForm(given: string) {
  const { t } = useI18n()
  const text = given ? ref(given) : useDraft('microsoft-id')
  const input = computed(() => readMicrosoftId(text.value))
  const wellFormed = computed(() => isWellFormed(input.value))
  const { state: lookup } = useTenantLookup(input)
  const { connect } = useTripToMicrosoft()
  const left = ref(false)
  const pressed = ref(false)

  /** While typing only what can no longer become an ID is wrong; an unfinished one after leaving the field. */
  const formProblem = computed(() => {
    if (input.value.form === 'malformed') return t('problems.malformed_id.title')
    if (input.value.form === 'partial' && left.value) return t('authentication.lookup.unfinished')
    return input.value.form === 'empty' && pressed.value ? t('authentication.lookup.missing') : ''
  })
  const failure = computed(() => problemOf(connect.error.value))

  function press(): void {
    left.value = true
    pressed.value = true
  }
  function submit(): void {
    press()
    if (isWellFormed(input.value))
      connect.mutate(input.value.value, { onSuccess: () => (text.value = given) })
  }
  return {
    text,
    input,
    wellFormed,
    lookup,
    formProblem,
    failure,
    busy: connect.isPending,
    submit,
    press,
    leave: () => (left.value = true),
  }
}
