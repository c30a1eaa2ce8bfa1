import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'

import { useTypedSearch } from '../src/composables/useTypedSearch.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function typing() {
  const search = ref('')
  const told: string[] = []
  const scope = effectScope()
  const field = scope.run(() =>
    useTypedSearch(
      () => search.value,
      (text) => told.push(text),
    ),
  )
  const type = async (text: string) => {
    if (field) field.value = text
    await nextTick()
  }
  const pause = () => vi.advanceTimersByTimeAsync(1000)
  return { search, told, scope, type, pause, shown: () => field?.value }
}

it('tells what was typed once, when somebody pauses', async () => {
  const { told, type, pause } = typing()
  await type('n')
  await type('no')
  expect(told).toEqual([])
  await pause()
  expect(told).toEqual(['no'])
})

it('tells nothing once the field is gone, so that no other page is searched', async () => {
  const { told, scope, type, pause } = typing()
  await type('nord')
  scope.stop()
  await pause()
  expect(told).toEqual([])
})

it('shows what is looked for after Back, but never over what is being typed', async () => {
  const { search, told, type, pause, shown } = typing()
  search.value = 'nord'
  await nextTick()
  expect(shown()).toBe('nord')
  await pause()
  await type('nordw')
  await pause()
  await type('nordwi')
  search.value = 'nordw'
  await nextTick()
  expect(shown()).toBe('nordwi')
  await pause()
  expect(told).toEqual(['nordw', 'nordwi'])
})
