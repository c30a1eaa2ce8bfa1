import { readonly, ref } from 'vue'

const TOAST_MS = 6000
const message = ref('')
const toast = ref('')
let hideToast: ReturnType<typeof setTimeout> | undefined

/** The page's one live region, and the toast that confirms what cannot be seen. One message at a time. */
export function useAnnouncer() {
  return { message: readonly(message), toast: readonly(toast), announce, confirm }
}

/** Said by screen readers only. */
function announce(text: string): void {
  message.value = text
}

/** Shown for six seconds and said. Never for errors. */
function confirm(text: string): void {
  clearTimeout(hideToast)
  toast.value = text
  hideToast = setTimeout(() => (toast.value = ''), TOAST_MS)
}
