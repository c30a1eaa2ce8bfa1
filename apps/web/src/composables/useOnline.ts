import { onScopeDispose, ref } from 'vue'

/** Whether the browser has a network, and since when not. */
export function useOnline() {
  const online = ref(navigator.onLine)
  const since = ref(new Date().toISOString())
  const stop = new AbortController()
  window.addEventListener('online', () => (online.value = true), { signal: stop.signal })
  window.addEventListener('offline', goOffline, { signal: stop.signal })
  onScopeDispose(() => stop.abort())

  function goOffline(): void {
    since.value = new Date().toISOString()
    online.value = false
  }
  return { online, since }
}
