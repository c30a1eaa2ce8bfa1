import { setTimeout as delay } from 'node:timers/promises'
import { createControl, type Control } from './control.ts'
import { controlAnswer, isControlPath } from './control-routes.ts'
import { createFetch } from './fetch.ts'
import { listen, type Listening, type ListenOptions } from './listen.ts'
import type { RequestRecord } from './requests.ts'
import { handle } from './router.ts'
import { demoSeed } from './seed/demo.ts'
import type { Settings } from './settings.ts'
import { signIn, type SignInOptions, type SignInResult } from './sign-in.ts'
import type { Seed, State } from './state.ts'
import { realUrls, type HostName, type Urls } from './urls.ts'
import { createWorld, type World } from './world.ts'

export type MicrosoftOptions = {
  /** The shared clock; the system's by default. */
  now?: () => Date
  /** `demoSeed()` by default. */
  seed?: Seed
  /** Bases of the hosts; Microsoft's real ones by default. */
  urls?: Partial<Urls>
  rotation?: Settings['rotation']
  /** How a delay fault waits; real time by default. */
  sleep?: (ms: number) => Promise<void>
}

export type Microsoft = {
  /** Where the hosts are now: the listened addresses while listening. */
  readonly urls: Urls
  /** Routes by URL prefix; an unknown host rejects like a failed DNS look-up. */
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  state: State
  control: Control
  requests: RequestRecord[]
  signIn(authorizeUrl: string, as: SignInOptions): Promise<SignInResult>
  listen(options?: ListenOptions): Promise<Listening>
}

/** A Microsoft of its own: Entra, Partner Center, Graph partner billing and blob storage, all in memory. */
export function createMicrosoft(options: MicrosoftOptions = {}): Microsoft {
  const configured: Urls = { ...realUrls, ...options.urls }
  const sharedNow = options.now ?? (() => new Date())
  let offset = 0
  const world = createWorld({
    seed: options.seed ?? demoSeed(),
    urls: { ...configured },
    now: () => new Date(sharedNow().getTime() + offset),
    sleep: options.sleep ?? (async (ms) => void (await delay(ms))),
    rotation: options.rotation ?? 'entra',
  })
  const clock = {
    advance: (seconds: number): void => void (offset += seconds * 1000),
    reset: (): void => void (offset = 0),
  }
  const control = createControl(world, clock)
  const serve = (host: HostName, path: string, request: Request): Promise<Response> => {
    if (host === 'login' && isControlPath(path)) return controlAnswer(microsoft, path, request)
    return handle(world, host, path, request)
  }
  const fetch = createFetch(
    () => [world.urls, configured],
    (request, host, path) => serve(host, path, request),
  )
  const microsoft: Microsoft = {
    get urls() {
      return world.urls
    },
    fetch,
    state: world.state,
    control,
    requests: world.requests,
    signIn: (url, as) => signIn(fetch, url, as),
    listen: (listenOptions) => listenAs(world, configured, serve, listenOptions),
  }
  return microsoft
}

type Serve = (host: HostName, path: string, request: Request) => Promise<Response>

/** While listening, every address in an answer is a listened one; closing brings the configured ones back. */
async function listenAs(
  world: World,
  configured: Urls,
  serve: Serve,
  options?: ListenOptions,
): Promise<Listening> {
  const listening = await listen(serve, options)
  world.urls = listening.urls
  const close = async (): Promise<void> => {
    world.urls = { ...configured }
    await listening.close()
  }
  return { urls: listening.urls, close }
}
