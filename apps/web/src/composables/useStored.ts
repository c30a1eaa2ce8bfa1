import { computed, onUnmounted, ref, watch, type Ref } from 'vue'

const DRAFT = 'consentry.draft.'

/** Text that survives a reload of the tab. Never for passwords or keys. */
export function useDraft(key: string): Ref<string> {
  return stored(sessionStorage, DRAFT + key)
}

/**
 * A form's fields, kept over a reload of the tab and over a sign-in in between. `start` begins anew with values that
 * nobody has touched. `storable` leaves out what must not be stored: passwords, keys, addresses that are secrets.
 */
export function useFormDraft<T extends object>(
  key: string,
  blank: () => T,
  storable: (fields: T) => T = (fields) => fields,
) {
  const text = useDraft(key)
  // What this function wrote, or what an older console wrote: fields of the same names.
  const kept = (text.value === '' ? {} : JSON.parse(text.value)) as { base?: T; fields?: T }
  const base = ref({ ...blank(), ...kept.base }) as Ref<T>
  const fields = ref({ ...blank(), ...kept.base, ...kept.fields }) as Ref<T>
  const touched = computed(() => JSON.stringify(fields.value) !== JSON.stringify(base.value))

  watch(fields, keep, { deep: true, flush: 'sync' })
  function keep(): void {
    text.value = touched.value
      ? JSON.stringify({ base: storable(base.value), fields: storable(fields.value) })
      : ''
  }
  function start(values: T): void {
    base.value = copyOf(values)
    fields.value = copyOf(values)
  }
  return { fields, touched, start }
}

/**
 * Which dialog of a page is open, '' for none: a reload brings it back where something was typed into it, by its draft of
 * the same key or the given one. Leaving the page closes it.
 */
export function useOpen(key: string, draftOf: (name: string) => string = () => key): Ref<string> {
  const name = stored(sessionStorage, `consentry.open.${key}`)
  if (sessionStorage.getItem(`${DRAFT}${draftOf(name.value)}`) === null) name.value = ''
  onUnmounted(() => (name.value = ''))
  return name
}

/** Forgets what was typed here when it was somebody else who typed it. */
export function keepDraftsOf(personId: string): void {
  if (sessionStorage.getItem('consentry.person') !== personId) forgetDrafts()
  sessionStorage.setItem('consentry.person', personId)
}

/** Forgets a form that is done with. */
export function forgetDraft(key: string): void {
  sessionStorage.removeItem(DRAFT + key)
}

export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage))
    if (/^consentry\.(draft|open)\./.test(key)) sessionStorage.removeItem(key)
}

/** A set of names kept in this browser, such as boxes somebody ticked. */
export function useTicks(key: string) {
  const text = stored(localStorage, `consentry.ticks.${key}`)
  const has = (name: string) => text.value.split(',').includes(name)

  function toggle(name: string): void {
    const names = text.value.split(',').filter((other) => other !== '' && other !== name)
    text.value = (has(name) ? names : [...names, name]).join(',')
  }
  return { has, toggle }
}

/** The last few names, newest first. */
export function useRecent(key: string, most: number) {
  const text = stored(localStorage, `consentry.recent.${key}`)
  const names = () => text.value.split(',').filter((name) => name !== '')

  function remember(name: string): void {
    text.value = [name, ...names().filter((other) => other !== name)].slice(0, most).join(',')
  }
  return { names, remember }
}

function copyOf<T>(values: T): T {
  // Fields are plain values and lists of them.
  return JSON.parse(JSON.stringify(values)) as T
}

function stored(storage: Storage, key: string): Ref<string> {
  const text = ref(storage.getItem(key) ?? '')
  // At once: the page may be left in the same moment.
  watch(text, (value) => (value === '' ? storage.removeItem(key) : storage.setItem(key, value)), {
    flush: 'sync',
  })
  return text
}
