import { describe, expect, it } from 'vitest'

import { MONDAY } from '../rows.ts'
import { type Current, givenConnection } from './opened.ts'

export function dataKeyContract(current: Current): void {
  describe('data keys', () => {
    it('under another ring key are listed in pages, without those of disconnected tenants', async () => {
      const { store } = current()
      const rows = []
      for (const dataKeyId of ['old', 'old', 'older', 'new', 'old'])
        rows.push(await givenConnection(store, { dataKeyId, dataKey: `wrapped by ${dataKeyId}` }))
      const [, gone] = rows
      await store.disconnect(gone?.id ?? '', MONDAY)
      const wanted = rows
        .filter((it) => it !== gone && it.dataKeyId !== 'new')
        .map(({ id, organisationId, microsoftId, dataKey }) => ({ id, organisationId, microsoftId, dataKey }))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      const first = await store.listDataKeys('new', '', 2)
      expect(first).toEqual(wanted.slice(0, 2))
      expect(await store.listDataKeys('new', first[1]?.id ?? '', 2)).toEqual(wanted.slice(2))
      expect((await store.sampleDataKeys('older', 5)).map((it) => it.dataKey)).toEqual(['wrapped by older'])
      expect(await store.sampleDataKeys('old', 1)).toHaveLength(1)
      expect(await store.sampleDataKeys('lost', 5)).toEqual([])
    })

    it('are replaced only where they are still what they were', async () => {
      const { store } = current()
      const { id } = await givenConnection(store, { dataKey: 'a', dataKeyId: 'old' })
      expect(await store.replaceDataKey(id, 'a', { dataKey: 'b', dataKeyId: 'new' })).toBe(true)
      expect(await store.replaceDataKey(id, 'a', { dataKey: 'c', dataKeyId: 'newer' })).toBe(false)
      expect(await store.getConnection(id)).toMatchObject({ dataKey: 'b', dataKeyId: 'new' })
    })
  })
}
