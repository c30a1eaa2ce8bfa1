import { computed, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { ApiProblem, request, type Answer } from '../api.ts'
import { api } from '../routes.ts'
import type { SingleSignOn } from '../types.ts'
import { useRead } from './useApi.ts'
import { useEdit, type Difference } from './useEdit.ts'
import { useFormDraft } from './useStored.ts'

type Newcomers = 'none' | 'viewer' | 'admin'
/** What can be typed, but for the secret, and the tag of what it replaces; null where there was no provider. */
type Fields = {
  issuer: string
  clientId: string
  domains: string
  newcomers: Newcomers
  required: boolean
  etag: string | null
}
type Provider = SingleSignOn | null
const BLANK: Readonly<Fields> = {
  issuer: '',
  clientId: '',
  domains: '',
  newcomers: 'none',
  required: false,
  etag: null,
}

/** The organisation's provider, as a form. What is typed is never replaced by what somebody else saves meanwhile. */
export function useSingleSignOnForm() {
  const { t } = useI18n()
  const { answer, data, error, missing, refetch } = useRead<SingleSignOn>(api.singleSignOnSettings)
  const isPending = computed(() => data.value === undefined && error.value === null)
  /** Why what is there could not be read: an empty form in its place would say that there is nothing. */
  const unread = computed(() => (data.value === undefined && !missing.value ? error.value : null))
  const { fields, touched, start } = useFormDraft<Fields>('single-sign-on', () => ({ ...BLANK }))
  const clientSecret = ref('')
  const saved = ref(false)
  /** Whether somebody is asked if they mean it. */
  const ending = ref(false)
  const there = computed(() => data.value !== undefined && !missing.value)
  watch(
    answer,
    (now) => {
      if (now && !touched.value) start(fieldsOf(now))
    },
    { immediate: true },
  )

  const edit = useEdit<Provider, Fields>({
    changed: [api.singleSignOnSettings],
    change: (mine) => ({
      method: 'PUT',
      path: api.singleSignOnSettings,
      body: { ...bodyOf(mine), ...(clientSecret.value ? { clientSecret: clientSecret.value } : {}) },
    }),
    read: readProvider,
    differences: (mine, _before, theirs) => differencesOf(mine, fieldsOf({ body: theirs, etag: null })),
    act: 'single_sign_on',
    saved(now) {
      start(fieldsOf(now))
      clientSecret.value = ''
      saved.value = true
    },
    kept: (theirs) => start(fieldsOf(theirs)),
  })
  const removal = useEdit<Provider, null>({
    changed: [],
    change: () => ({ method: 'DELETE', path: api.singleSignOnSettings }),
    read: readProvider,
    differences: (_mine, _before, theirs) => [
      { label: t('sso.issuer'), theirs: theirs?.issuer ?? t('changed.removed'), mine: t('sso.remove') },
    ],
    act: 'single_sign_on',
    saved() {
      start({ ...BLANK })
      location.reload()
    },
    kept(theirs) {
      ending.value = false
      start(fieldsOf(theirs))
    },
  })

  function save(): void {
    saved.value = false
    void edit.save(fields.value, { body: data.value ?? null, etag: fields.value.etag })
  }
  function remove(): void {
    if (answer.value) void removal.save(null, answer.value)
  }
  function differencesOf(mine: Fields, theirs: Fields): Difference[] {
    const yes = (it: boolean) => t(it ? 'changed.yes' : 'changed.no')
    return [
      { label: t('sso.issuer'), theirs: theirs.issuer, mine: mine.issuer },
      { label: t('sso.clientId'), theirs: theirs.clientId, mine: mine.clientId },
      { label: t('sso.domains'), theirs: theirs.domains, mine: domainsOf(mine).join(', ') },
      {
        label: t('sso.newcomersTitle'),
        theirs: t(`sso.newcomers.${theirs.newcomers}`),
        mine: t(`sso.newcomers.${mine.newcomers}`),
      },
      { label: t('sso.required'), theirs: yes(theirs.required), mine: yes(mine.required) },
    ].filter((it) => it.theirs !== it.mine)
  }
  const read = { data, there, isPending, unread, refetch }
  return { ...read, fields, clientSecret, edit, removal, ending, saved, save, remove }
}

async function readProvider(): Promise<Answer<Provider>> {
  try {
    return await request<Provider>('GET', api.singleSignOnSettings)
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return { body: null, etag: null }
    throw error
  }
}

function fieldsOf({ body, etag }: Answer<Provider>): Fields {
  if (!body) return { ...BLANK, etag }
  const { issuer, clientId, domains, newcomers, required } = body
  return { issuer, clientId, domains: domains.join(', '), newcomers: newcomers ?? 'none', required, etag }
}

function bodyOf(fields: Fields) {
  return {
    issuer: fields.issuer.trim(),
    clientId: fields.clientId.trim(),
    domains: domainsOf(fields),
    newcomers: fields.newcomers === 'none' ? null : fields.newcomers,
    required: fields.required,
  }
}

function domainsOf({ domains }: Fields): string[] {
  return domains.split(/[\s,;]+/).filter((it) => it !== '')
}
