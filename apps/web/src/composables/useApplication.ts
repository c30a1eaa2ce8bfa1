import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { request, type Answer } from '../api.ts'
import { api } from '../routes.ts'
import type { Application } from '../types.ts'
import { useRead } from './useApi.ts'
import { useConnection } from './useConnection.ts'
import { useEdit, type Difference } from './useEdit.ts'
import { useFormDraft } from './useStored.ts'

type Wish = { readonly clientId: string; readonly secret: string; readonly expiresAt: string | null }

const GUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i

/** What a tenant's consents are asked for as: Consentry's application, or one that the partner registered itself. */
export function useApplication(microsoftId: MaybeRefOrGetter<string>, onDone: (said: string) => void) {
  const { t } = useI18n()
  const { reload } = useConnection(microsoftId)
  const path = `${api.connection(toValue(microsoftId))}/application`
  const { answer, data, error, refetch } = useRead<Application>(path)

  const common = {
    changed: [path],
    read: () => request<Application>('GET', path),
    act: 'application',
    isAbout: (entry: { readonly microsoftId: string | null }) => entry.microsoftId === toValue(microsoftId),
    kept() {
      onDone('')
      void refetch()
    },
  }
  const entering = useEdit<Application, Wish>({
    ...common,
    change: ({ clientId, secret, expiresAt }) => ({
      method: 'PUT',
      path,
      body: { clientId, clientSecrets: [secret], ...(expiresAt ? { expiresAt } : {}) },
    }),
    differences: ({ clientId }, _before, theirs) => differencesOf(theirs, clientId),
    saved: () => finish(t('application.entered')),
  })
  const leaving = useEdit<Application, null>({
    ...common,
    change: () => ({ method: 'DELETE', path }),
    differences: (_mine, _before, theirs) => differencesOf(theirs, t('application.ofConsentry')),
    saved: () => finish(t('application.left')),
  })
  function differencesOf(theirs: Application, mine: string): Difference[] {
    const own = [theirs.clientId, theirs.addedBy].filter(Boolean).join(', ')
    const shown = theirs.kind === 'deployment' ? t('application.ofConsentry') : own
    return [{ label: t('application.clientId'), theirs: shown, mine }]
  }
  function finish(said: string): void {
    onDone(said)
    void reload()
  }
  return { answer, application: data, error, refetch, entering, leaving }
}

/** The form of an own application. Its secret is kept nowhere but in the field. */
export function useApplicationForm(microsoftId: string, seen: Answer<Application>) {
  const { t } = useI18n()
  const current = seen.body
  const isOwn = current.kind !== 'deployment'
  // With the tag of what may be replaced: what somebody saw when they began to type.
  const blank = () => ({ clientId: isOwn ? current.clientId : '', expires: '', etag: seen.etag })
  const { fields } = useFormDraft(`application.${microsoftId}`, blank)
  const secret = ref('')
  const clientId = computed(() => fields.value.clientId.trim().toLowerCase())
  const isId = computed(() => GUID.test(clientId.value))
  const isIdOfSecret = computed(() => GUID.test(secret.value.trim()))
  const idProblem = computed(() => (clientId.value === '' || isId.value ? '' : t('application.noId')))
  const isPast = computed(() => Date.parse(fields.value.expires) <= Date.now())
  const endProblem = computed(() => (isPast.value ? t('application.past') : ''))
  const secretProblem = computed(() => (isIdOfSecret.value ? t('application.idOfSecret') : ''))
  /** Null until it can be sent. */
  const wish = computed<Wish | null>(() => {
    const typed = secret.value.trim()
    if (!isId.value || isIdOfSecret.value || isPast.value || typed === '') return null
    const { expires } = fields.value
    return { clientId: clientId.value, secret: typed, expiresAt: expires ? `${expires}T00:00:00Z` : null }
  })
  /** A sign-in belongs to the application it was given to. */
  const goesOn = computed(() => current.working !== null && current.working.clientId !== clientId.value)
  return { fields, secret, idProblem, secretProblem, endProblem, wish, goesOn }
}
