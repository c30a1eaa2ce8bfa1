import { ConfigError, readConfig, type Config, type Env } from './config.ts'
import { readKeyRing, type KeyRing } from './seal.ts'
import type { VaultWorld } from './vault.ts'

/** Reads configuration and key ring. Throws one `ConfigError` that names every bad variable of both. */
export function readEnvironment(
  env: Env,
  world?: VaultWorld,
): { readonly config: Config; readonly keys: KeyRing } {
  const faults: string[] = []
  const config = attempt(() => readConfig(env), faults)
  const keys = attempt(() => readKeyRing(env, world), faults)
  if (!config || !keys) throw new ConfigError(faults.join('\n'))
  return { config, keys }
}

function attempt<T>(read: () => T, faults: string[]): T | null {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    faults.push(error.message)
    return null
  }
}
