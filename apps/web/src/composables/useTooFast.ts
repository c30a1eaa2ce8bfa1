import { readonly, ref } from 'vue'
import { onLimited } from '../api.ts'

const seconds = ref(0)
let timer: ReturnType<typeof setInterval> | undefined

onLimited((wait) => {
  seconds.value = Math.max(seconds.value, Math.ceil(wait))
  clearInterval(timer)
  timer = setInterval(countDown, 1000)
})

/** Seconds until requests go on by themselves; 0 when nothing waits. */
export function useTooFast() {
  return { seconds: readonly(seconds) }
}

function countDown(): void {
  seconds.value -= 1
  if (seconds.value <= 0) clearInterval(timer)
}
