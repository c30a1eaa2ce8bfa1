import { expect, it } from 'vitest'
import { createApp, effectScope } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'

import { useLineFilter } from '../src/composables/useLineFilter.ts'

it('keeps a change that another follows before the address has it', async () => {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/', component: {} }],
  })
  await router.push('/?customer=contoso&row=40')
  const app = createApp({}).use(router)
  const scope = effectScope()
  const lines = app.runWithContext(() => scope.run(() => useLineFilter(null)))
  lines?.change({ search: 'copilot' })
  lines?.change({ kind: 'use' })
  lines?.rest(7)
  await expect
    .poll(() => router.currentRoute.value.query)
    .toEqual({ customer: 'contoso', search: 'copilot', kind: 'use', row: '7' })
  scope.stop()
})
