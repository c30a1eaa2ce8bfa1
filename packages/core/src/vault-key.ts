import { ConfigError, type Env } from './config.ts'
import { CLOUDS, isLoopback, type Cloud } from './microsoft/clouds.ts'
import { readAzureIdentity, type AzureIdentity } from './microsoft/azure-identity.ts'

/** A key of Azure Key Vault or Managed HSM, and how to be let in. */
export type VaultKey = {
  /** Where the vault is, without a trailing slash. */
  readonly vault: string
  readonly name: string
  /** Wraps with this version only; null: with the newest. */
  readonly version: string | null
  /** What a token for it is made out to. */
  readonly resource: string
  readonly identity: AzureIdentity
}

// learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates, "DNS suffixes".
const DOMAINS: readonly { readonly suffix: string; readonly cloud: Cloud }[] = [
  { suffix: 'vault.azure.net', cloud: CLOUDS.global },
  { suffix: 'managedhsm.azure.net', cloud: CLOUDS.global },
  { suffix: 'vault.usgovcloudapi.net', cloud: CLOUDS.usgov },
  { suffix: 'managedhsm.usgovcloudapi.net', cloud: CLOUDS.usgov },
  { suffix: 'vault.azure.cn', cloud: CLOUDS.china },
  { suffix: 'managedhsm.azure.cn', cloud: CLOUDS.china },
]

const NAME = 'CONSENTRY_KEY_VAULT_KEY'
const WANTED = 'set a key id such as https://myvault.vault.azure.net/keys/consentry'

/** Reads `CONSENTRY_KEY_VAULT_KEY`, and from the `AZURE_…` and `IDENTITY_…` variables who asks. Null without it. Throws `ConfigError`. */
export function readVaultKey(env: Env): VaultKey | null {
  const value = env[NAME]?.trim()
  if (!value) return null
  const url = URL.canParse(value) ? new URL(value) : null
  const [, name, version] =
    /^\/keys\/([0-9A-Za-z-]{1,127})(?:\/([0-9a-f]{32}))?\/?$/.exec(url?.pathname ?? '') ?? []
  if (!url || !name || url.username || url.search || url.hash)
    throw new ConfigError(`${NAME}: is "${value}"; ${WANTED}`)
  const domain = DOMAINS.find(({ suffix }) => url.hostname.endsWith(`.${suffix}`))
  // A token for the vault is sent there: nowhere but to Microsoft, and in the clear only within this machine.
  const trusted = domain ? url.protocol === 'https:' : isLoopback(url)
  if (!trusted) throw new ConfigError(`${NAME}: does not lead to a key vault over https; ${WANTED}`)
  const cloud = domain?.cloud ?? CLOUDS.global
  return {
    vault: url.origin,
    name,
    version: version ?? null,
    resource: `https://${domain?.suffix ?? 'vault.azure.net'}`,
    identity: readAzureIdentity(env, cloud.login),
  }
}
