import type { DataKeyRow, Store } from '../../src/deps.ts'
import type { ConnectionRow } from '../../src/types.ts'
import { change, compareKeys, copyWhere, type Data } from './data.ts'

export function memoryDataKeys(data: Data) {
  const live = () => copyWhere(data.connections, (it) => it.disconnectedAt === null)

  return {
    async countByDataKey() {
      const counts = Map.groupBy(live(), (row) => row.dataKeyId)
      return [...counts]
        .map(([id, rows]) => ({ id, rows: rows.length }))
        .toSorted((a, b) => compareKeys([a.id], [b.id]))
    },
    async listDataKeys(exceptKeyId, afterId, limit) {
      return live()
        .filter((it) => it.dataKeyId !== exceptKeyId && it.id > afterId)
        .toSorted((a, b) => compareKeys([a.id], [b.id]))
        .slice(0, limit)
        .map(dataKeyOf)
    },
    async sampleDataKeys(keyId, limit) {
      return live()
        .filter((it) => it.dataKeyId === keyId)
        .slice(0, limit)
        .map(dataKeyOf)
    },
    async replaceDataKey(id, from, to) {
      const replaced = change(
        data.connections,
        id,
        () => to,
        (row) => row.dataKey === from,
      )
      return replaced !== null
    },
  } satisfies Partial<Store>
}

function dataKeyOf({ id, organisationId, microsoftId, dataKey }: ConnectionRow): DataKeyRow {
  return { id, organisationId, microsoftId, dataKey }
}
