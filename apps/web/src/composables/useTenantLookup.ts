import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { ApiProblem, get, query } from '../api.ts'
import { isWellFormed, type MicrosoftIdInput } from '../microsoft-id.ts'
import { api } from '../routes.ts'
import type { ConnectionPage, Problem, TenantLookup } from '../types.ts'

const PAUSE_MS = 400

export type LookupState =
  | { readonly kind: 'idle' | 'looking' | 'down' }
  | { readonly kind: 'found'; readonly tenant: TenantLookup }
  | { readonly kind: 'already'; readonly name: string; readonly microsoftId: string }
  | { readonly kind: 'refused'; readonly problem: Problem }

/** Looks the tenant up at Microsoft, 400 ms after the last key. Never stands in the way of Update. */
export function useTenantLookup(input: Ref<MicrosoftIdInput>) {
  const state = ref<LookupState>({ kind: 'idle' })
  let timer: ReturnType<typeof setTimeout> | undefined
  let current = new AbortController()

  watch(
    () => (isWellFormed(input.value) ? input.value.value : ''),
    (value) => {
      clearTimeout(timer)
      current.abort()
      current = new AbortController()
      state.value = { kind: value === '' ? 'idle' : 'looking' }
      if (value !== '') timer = setTimeout(() => void look(value, current.signal), PAUSE_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    current.abort()
  })

  async function look(value: string, signal: AbortSignal): Promise<void> {
    const answer = await lookUp(value, signal)
    if (!signal.aborted) state.value = answer
  }
  return { state }
}

async function lookUp(value: string, signal: AbortSignal): Promise<LookupState> {
  try {
    const tenant = await get<TenantLookup>(api.lookup(value), signal)
    return (await alreadyThere(tenant.microsoftId, signal)) ?? { kind: 'found', tenant }
  } catch (error) {
    const refused =
      error instanceof ApiProblem && error.status >= 400 && error.status < 500 && error.status !== 429
    return refused ? { kind: 'refused', problem: error.problem } : { kind: 'down' }
  }
}

async function alreadyThere(microsoftId: string, signal: AbortSignal): Promise<LookupState | null> {
  const found = await get<ConnectionPage>(api.connections + query({ search: microsoftId, limit: 1 }), signal)
  const same = found.items.find((connection) => connection.microsoftId === microsoftId)
  return same ? { kind: 'already', name: same.name, microsoftId } : null
}
