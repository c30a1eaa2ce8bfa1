import { onScopeDispose, ref, watch, type Ref } from 'vue'

const PAUSE_MS = 300

/**
 * What somebody types to look for something. It is told once they pause, and not once the field is gone; what is looked
 * for then stands in the field, unless they type already.
 */
export function useTypedSearch(search: () => string, tell: (text: string) => void): Ref<string> {
  const text = ref(search())
  let told = search()
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(search, (now) => {
    told = now
    if (timer === undefined) text.value = now
  })
  watch(text, (now) => {
    stop()
    if (now !== told) timer = setTimeout(send, PAUSE_MS)
  })
  onScopeDispose(stop)

  function send(): void {
    timer = undefined
    told = text.value
    tell(told)
  }
  function stop(): void {
    clearTimeout(timer)
    timer = undefined
  }
  return text
}
