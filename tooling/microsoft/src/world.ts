import type { Fault } from './faults.ts'
import type { Operation } from './graph/operations.ts'
import { createKeyRing, type KeyRing } from './keys.ts'
import type { Flow } from './login/flow.ts'
import { createRandom, type Random } from './random.ts'
import type { RequestRecord } from './requests.ts'
import { defaultSettings, type Settings } from './settings.ts'
import { createState, type Seed, type State } from './state.ts'
import type { Urls } from './urls.ts'

/** Everything a route works on. One world is one Microsoft. */
export type World = {
  state: State
  settings: Settings
  /** What Microsoft's answers name as its own addresses; replaced while listening. */
  urls: Urls
  now(): Date
  sleep(ms: number): Promise<void>
  random: Random
  keys: KeyRing
  faults: Fault[]
  requests: RequestRecord[]
  flows: Map<string, Flow>
  operations: Map<string, Operation>
  /** Times of recent token requests by fingerprint, for loop detection. */
  recentTokenRequests: Map<string, number[]>
  /** Partner Center answers by MS-RequestId, which makes writes idempotent. */
  partnerReplays: Map<string, { status: number; body: string }>
  /** Carried share of Partner Center calls on which MFA is enforced, per tenant. */
  mfaEnforcementShare: Map<string, number>
  /** Counts issues, so that order is known even when the clock stands still. */
  serial: number
}

export type WorldOptions = {
  seed: Seed
  urls: Urls
  now: () => Date
  sleep: (ms: number) => Promise<void>
  rotation: Settings['rotation']
}

export function createWorld(options: WorldOptions): World {
  return {
    state: createState(options.seed),
    settings: { ...defaultSettings(), rotation: options.rotation },
    urls: options.urls,
    now: options.now,
    sleep: options.sleep,
    random: createRandom('microsoft'),
    keys: createKeyRing(),
    faults: [],
    requests: [],
    flows: new Map(),
    operations: new Map(),
    recentTokenRequests: new Map(),
    partnerReplays: new Map(),
    mfaEnforcementShare: new Map(),
    serial: 0,
  }
}
