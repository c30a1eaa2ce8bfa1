import { randomBytes, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { answerIdentity, answerKey, type Answer, type VaultState } from './answers.ts'
import { newVersion } from './versions.ts'

export type SimulatedVault = {
  /** For `CONSENTRY_KEY_VAULT_KEY`, `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`. */
  readonly env: Readonly<Record<string, string>>
  /** The key's versions, oldest first. */
  versions(): string[]
  /** Makes a new version, as Key Vault's rotation policy does. Gives its id. */
  rotate(): string
  /** What it does from now on instead of answering properly; null: nothing. */
  misbehave(how: VaultState['trouble']): void
  /** The public half, which is no secret. */
  publicKey(version: string): KeyObject | undefined
  /** Puts a version out of use, or into use again. */
  enable(version: string, enabled: boolean): void
  /** `operation version` of what was asked, in order. */
  readonly asked: readonly string[]
  /** What must never be seen anywhere else: tokens, and keys in the clear. */
  readonly secrets: readonly string[]
  close(): Promise<void>
}

/** Starts a vault with one RSA key of one version on a port of this machine. */
export async function startVault(name = 'consentry'): Promise<SimulatedVault> {
  const first = newVersion()
  const state: VaultState = {
    name,
    origin: '',
    header: randomBytes(16).toString('hex'),
    versions: new Map([[first.id, first]]),
    tokens: new Set(),
    secrets: [],
    asked: [],
    trouble: null,
  }
  const server = createServer((request, response) => {
    void respond(state, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // an address, since it listens on a port
  state.origin = `http://127.0.0.1:${port}`
  return {
    env: {
      CONSENTRY_KEY_VAULT_KEY: `${state.origin}/keys/${name}`,
      IDENTITY_ENDPOINT: `${state.origin}/msi/token`,
      IDENTITY_HEADER: state.header,
    },
    versions: () => [...state.versions.keys()],
    rotate() {
      const version = newVersion()
      state.versions.set(version.id, version)
      return version.id
    },
    misbehave(how) {
      state.trouble = how
    },
    publicKey: (id) => state.versions.get(id)?.publicKey,
    enable(id, enabled) {
      const version = state.versions.get(id)
      if (version) version.enabled = enabled
    },
    asked: state.asked,
    secrets: state.secrets,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function respond(state: VaultState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const it = await answer(state, request)
  if (!it) return
  response.writeHead(it.status, { 'content-type': 'application/json', ...it.headers })
  response.end(JSON.stringify(it.body))
}

async function answer(state: VaultState, request: IncomingMessage): Promise<Answer | null> {
  const url = new URL(request.url ?? '/', state.origin)
  let text = ''
  for await (const chunk of request) text += String(chunk)
  if (state.trouble === 'hangs') return null
  if (state.trouble === 'down') {
    request.socket.destroy()
    return null
  }
  if (url.pathname === '/msi/token') return answerIdentity(state, url, request.headers)
  return answerKey(state, url, request, text)
}
