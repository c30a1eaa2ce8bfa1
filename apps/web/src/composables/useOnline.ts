import { readonly, ref } from 'vue'

const online = ref(navigator.onLine)
const since = ref(new Date().toISOString())

window.addEventListener('online', () => (online.value = true))
window.addEventListener('offline', () => {
  since.value = new Date().toISOString()
  online.value = false
})

/** Whether the browser has a network, and since when not. */
export function useOnline() {
  return { online: readonly(online), since: readonly(since) }
}
