import { query } from './api.ts'
import { api } from './routes.ts'

/** Saves the log as it is filtered, as JSON Lines. False when it did not come. */
export async function downloadAudit(filters: { actor: string; action: string }): Promise<boolean> {
  const response = await fetch(api.audit + query(filters), { headers: { accept: 'application/jsonl' } })
  if (!response.ok) return false
  const address = URL.createObjectURL(await response.blob())
  const link = Object.assign(document.createElement('a'), { href: address, download: 'audit.jsonl' })
  link.click()
  URL.revokeObjectURL(address)
  return true
}
