import { onMounted, onUnmounted, readonly, ref } from 'vue'

const KEY = 'consentry.shortcuts'
const on = ref(localStorage.getItem(KEY) !== 'off')

/** Whether single keys do something; some people's speech software types them by accident (WCAG 2.1.4). */
export function useShortcuts() {
  function turn(value: boolean): void {
    on.value = value
    localStorage.setItem(KEY, value ? 'on' : 'off')
  }
  return { on: readonly(on), turn }
}

/** Does something at a single key, never inside a field or a dialog. */
export function useShortcut(key: string, work: () => void): void {
  function onKey(event: KeyboardEvent): void {
    const { target } = event
    const typing = target instanceof HTMLElement && target.closest('input, textarea, select, [role=dialog]')
    if (!on.value || typing || event.key !== key || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    work()
  }
  onMounted(() => window.addEventListener('keydown', onKey))
  onUnmounted(() => window.removeEventListener('keydown', onKey))
}
