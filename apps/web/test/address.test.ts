import { expect, it } from 'vitest'
import { createApp } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'

import { useAddress } from '../src/composables/useAddress.ts'

it('forgets a change that the address did not take', async () => {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: {} }] })
  router.onError(() => undefined)
  await router.push('/?page=2')
  router.beforeEach(({ query }) => {
    if (query['search'] === 'refused') throw new Error('No.')
  })
  const goTo = createApp({})
    .use(router)
    .runWithContext(() => useAddress())
  await expect(goTo({ search: 'refused' })).rejects.toThrow('No.')
  await goTo({ kind: 'use' })
  expect(router.currentRoute.value.query).toEqual({ page: '2', kind: 'use' })
})
