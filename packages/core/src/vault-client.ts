import type { Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { askAzureToken, type AzureToken } from './microsoft/azure-identity.ts'
import { MINUTE, retryAfterSeconds, SECOND, send, field, textField, type Answer } from './microsoft/http.ts'
import type { VaultKey } from './vault-key.ts'

/** How a key vault is reached. */
export type VaultWorld = Pick<Deps, 'fetch' | 'now'>

export type VaultClient = {
  /** The version that is named, or the newest, and whether it is symmetric (Managed HSM). */
  describe(): Promise<{ readonly version: string; readonly symmetric: boolean }>
  /** One operation with a version of the key: its result. */
  operate(
    operation: 'wrapkey' | 'unwrapkey' | 'sign',
    version: string,
    alg: string,
    value: Buffer,
  ): Promise<Buffer>
}

// learn.microsoft.com/rest/api/keyvault/keys
const API = 'api-version=2025-07-01'
const TIMEOUT = 5 * SECOND
/** How long nothing is asked of a vault that did not answer. */
const PAUSE = 10
const TOKEN_RESERVE = 5 * MINUTE

/**
 * A client of one key. Its calls throw `vault_away` while the vault or the identity does not answer or asks to wait
 * (nothing is asked meanwhile), `vault_refused` for what it will not do, `keys_missing` for a version it does not have.
 */
export function vaultClient(key: VaultKey, world: VaultWorld): VaultClient {
  const { fetch, now } = world
  let token: AzureToken | null = null
  let asking: Promise<AzureToken> | null = null
  let quietUntil = 0

  function away(seconds: number = PAUSE): ConsentryError {
    quietUntil = now().getTime() + seconds * SECOND
    return new ConsentryError('vault_away', { retryAfterSeconds: seconds })
  }

  function judge(answer: Answer, id: string): ConsentryError {
    const { status, json } = answer
    if (status === 0 || status === 408 || status === 429 || status >= 500)
      return away(retryAfterSeconds(answer.headers, now()))
    if (status === 404) return new ConsentryError('keys_missing', { values: { id }, retryAfterSeconds: 30 })
    return refused(`${status} ${reasonOf(json)}`)
  }

  async function bearer(): Promise<string> {
    if (token && token.expiresAt.getTime() - now().getTime() > TOKEN_RESERVE) return token.token
    asking ??= askAzureToken(world, key.identity, key.resource)
      .then((answer) => {
        if ('token' in answer) return answer
        const { status, json } = answer.refused
        // The instance metadata service answers 404 and 410 while it is being brought up to date.
        if (status === 400 || status === 401 || status === 403)
          throw refused(`that it does not know who asks (${status} ${reasonOf(json)})`)
        throw away(retryAfterSeconds(answer.refused.headers, now()))
      })
      .finally(() => (asking = null))
    token = await asking
    return token.token
  }

  async function ask(path: string, body?: object): Promise<Answer> {
    const left = quietUntil - now().getTime()
    if (left > 0) throw new ConsentryError('vault_away', { retryAfterSeconds: Math.ceil(left / SECOND) })
    for (let again = false; ; again = true) {
      const headers = { authorization: `Bearer ${await bearer()}`, 'content-type': 'application/json' }
      const answer = await send(fetch, `${key.vault}/keys/${key.name}${path}?${API}`, {
        headers,
        timeoutMs: TIMEOUT,
        ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
      })
      if (answer.status === 401 && !again) token = null
      else return answer
    }
  }

  return {
    async describe() {
      const answer = await ask(key.version ? `/${key.version}` : '')
      if (answer.status !== 200) throw judge(answer, key.name)
      const described = field(answer.json, 'key')
      const version = /\/keys\/[^/]+\/([0-9a-f]{32})$/.exec(textField(described, 'kid') ?? '')?.[1]
      const kind = textField(described, 'kty') ?? ''
      if (!version) throw away()
      if (!/^(?:RSA|oct)(?:-HSM)?$/.test(kind)) throw refused(`with a key of type ${kind}, which cannot wrap`)
      return { version, symmetric: kind.startsWith('oct') }
    },
    async operate(operation, version, alg, value) {
      const answer = await ask(`/${version}/${operation}`, { alg, value: value.toString('base64url') })
      const result = textField(answer.json, 'value')
      if (answer.status === 200 && result) return Buffer.from(result, 'base64url')
      // What it did not wrap itself, it cannot unwrap.
      if (answer.status === 400 && operation === 'unwrapkey') throw new ConsentryError('sealed_altered')
      throw answer.status === 200 ? away() : judge(answer, `${key.name}/${version}`)
    },
  }
}

function refused(reason: string): ConsentryError {
  return new ConsentryError('vault_refused', { values: { reason }, retryAfterSeconds: 30 })
}

/** The vault's own word for it, never its sentence: that may repeat what was sent. */
function reasonOf(json: unknown): string {
  const error = field(json, 'error')
  const code = textField(field(error, 'innererror'), 'code') ?? textField(error, 'code')
  return code ?? (typeof error === 'string' ? error : '')
}
