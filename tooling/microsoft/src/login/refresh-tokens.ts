import { randomBytes } from 'node:crypto'
import { hashToken } from '../requests.ts'
import type { App, RefreshToken, SignIn } from '../state.ts'
import type { World } from '../world.ts'
import { EntraError, refuse } from './errors.ts'

const DAY = 24 * 60 * 60 * 1000
const REFRESH_TOKEN_INACTIVITY = 90 * DAY
const SPA_LIFETIME = DAY

/** Opaque, of a real one's size. The prefix is what tells "not one of ours" from "unknown". */
const SHAPE = /^1\.[A-Za-z0-9_-]{200,}\.[A-Za-z0-9_-]{10,}$/

type IssueInput = {
  signIn: SignIn
  clientId: string
  family: string
  spa: boolean
  scope: string
  issuedAt?: Date
}

/** Issues a refresh token and keeps its hash. A later one of the same family keeps the sign-in's times. */
export function issueRefreshToken(world: World, input: IssueInput): string {
  const value = `1.${randomBytes(420).toString('base64url')}.${randomBytes(12).toString('base64url')}`
  const hash = hashToken(value)
  world.serial += 1
  world.state.refreshTokens.set(hash, {
    hash,
    serial: world.serial,
    signIn: input.signIn,
    clientId: input.clientId,
    family: input.family,
    spa: input.spa,
    scope: input.scope,
    issuedAt: input.issuedAt ?? world.now(),
    lastUsed: null,
    uses: 0,
    revoked: false,
  })
  return value
}

/** The token behind a value, once the checks that need nothing but the token have passed. */
export function takeRefreshToken(world: World, value: string, app: App): RefreshToken {
  if (!SHAPE.test(value)) refuse(9002313)
  const token = world.state.refreshTokens.get(hashToken(value))
  if (!token) return refuse(70000)
  if (token.clientId !== app.clientId) throw new EntraError(70000, { suberror: 'client_mismatch' })
  refuseExpired(world, token)
  if (world.settings.rotation === 'strict' && token.uses > 0) revokeFamily(world, token.family)
  if (token.revoked) throw new EntraError(70000, { suberror: 'bad_token', tokenAgeMs: ageOf(world, token) })
  return token
}

function refuseExpired(world: World, token: RefreshToken): void {
  const age = ageOf(world, token)
  const values = { issued: preciseTime(token.issuedAt) }
  if (token.spa && age > SPA_LIFETIME) throw new EntraError(700084, { values, tokenAgeMs: age })
  if (age > REFRESH_TOKEN_INACTIVITY) throw new EntraError(700082, { values, tokenAgeMs: age })
}

/** Marks a token used. Strict rotation lets it work once only; Entra lets it live on (refresh-tokens.md). */
export function consumeRefreshToken(world: World, token: RefreshToken): void {
  token.uses += 1
  token.lastUsed = world.now()
}

function revokeFamily(world: World, family: string): void {
  for (const token of world.state.refreshTokens.values()) if (token.family === family) token.revoked = true
}

export function ageOf(world: World, token: RefreshToken): number {
  return world.now().getTime() - token.issuedAt.getTime()
}

/** Dates inside error texts have seven decimals. */
export function preciseTime(date: Date): string {
  return date.toISOString().replace('Z', '0000Z')
}
