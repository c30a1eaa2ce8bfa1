import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api } from '../routes.ts'

const KEPT = 'consentry.organisation'

/** Going to the provider of an organisation; its short name is remembered in this browser once it was given. */
export function useSingleSignOn(destination: () => string) {
  const { t } = useI18n()
  const kept = localStorage.getItem(KEPT) ?? ''
  const organisation = ref(kept)
  const asked = ref(false)
  const tried = ref(false)
  const problem = computed(() =>
    tried.value && organisation.value.trim() === '' ? t('signIn.organisationMissing') : '',
  )

  function go(): void {
    const slug = organisation.value.trim().toLowerCase()
    tried.value = asked.value
    asked.value ||= slug === ''
    if (slug === '') return
    localStorage.setItem(KEPT, slug)
    location.assign(api.singleSignOn(slug, destination()))
  }
  return { asked, organisation, problem, go }
}

/** Forgets the organisation that did not work, so that the next try asks for it. */
export function forgetOrganisation(): void {
  localStorage.removeItem(KEPT)
}
