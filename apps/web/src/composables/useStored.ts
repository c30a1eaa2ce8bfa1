import { ref, watch, type Ref } from 'vue'

/** Text that survives a reload of the tab. Never for passwords or keys. */
export function useDraft(key: string): Ref<string> {
  return stored(sessionStorage, `consentry.draft.${key}`)
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

function stored(storage: Storage, key: string): Ref<string> {
  const text = ref(storage.getItem(key) ?? '')
  // At once: the page may be left in the same moment.
  watch(text, (value) => (value === '' ? storage.removeItem(key) : storage.setItem(key, value)), {
    flush: 'sync',
  })
  return text
}
