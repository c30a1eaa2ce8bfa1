import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { afterEach, expect, it, vi } from 'vitest'
import { createApp, effectScope, nextTick, ref } from 'vue'

import { useCustomerSearch } from '../src/composables/useCustomerSearch.ts'

const MICROSOFT_ID = '0b2e7c1a-0f64-4d39-8e27-000000000001'
const CONTOSO = { customerTenantId: '0b2e7c1a-0f64-4d39-8e27-00000000000c', name: 'Contoso', domain: null }

afterEach(() => void vi.useRealTimers())

it('finds nobody from the moment that another name is typed, so that nothing is granted to who was found before', async () => {
  vi.useFakeTimers()
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['customers', MICROSOFT_ID, 'search', 'contoso'], {
    items: [CONTOSO],
    nextCursor: null,
  })
  const typed = ref('')
  const app = createApp({}).use(VueQueryPlugin, { queryClient: client })
  const scope = effectScope()
  const search = app.runWithContext(() => scope.run(() => useCustomerSearch(MICROSOFT_ID, typed)))

  typed.value = 'contoso'
  await nextTick()
  await vi.advanceTimersByTimeAsync(500)
  expect(search?.found.value).toEqual([CONTOSO])
  typed.value = 'fabrikam'
  await nextTick()
  expect(search?.found.value).toBeNull()
  scope.stop()
})
