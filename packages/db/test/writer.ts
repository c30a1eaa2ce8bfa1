/** A thread of its own that writes until it is told to stop: an organisation, then a check, and so on. */
import { setImmediate } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'

import type { DatabaseConfig } from '@consentry/core'
import { checkRow, organisationRow } from '@consentry/core/testing'

import { openDatabase } from '../src/index.ts'

// Whoever starts the thread gives these.
const { config, connectionId } = workerData as { config: DatabaseConfig; connectionId: string }
const { store, close } = await openDatabase(config)
const stopping = new AbortController()
parentPort?.once('message', () => stopping.abort())
let written = 0
while (!stopping.signal.aborted) {
  await store.createOrganisation(organisationRow())
  await store.addCheck(checkRow({ connectionId }))
  written += 1
  if (written === 1) parentPort?.postMessage('writing')
  await setImmediate()
}
await close()
parentPort?.postMessage(written)
