import { randomUUID } from 'node:crypto'
import type { AppCertificate } from './certificate.ts'
import type { Fault } from './faults.ts'
import { findTenant, findUser } from './login/tenants.ts'
import { addCustomerTenants, addPartnerTenants } from './seed/many.ts'
import type { Settings } from './settings.ts'
import type { App, PartnerProgram, Policies, Tenant, User } from './state.ts'
import type { World } from './world.ts'

export type Control = ReturnType<typeof createControl>

/**
 * What an administrator, an operator or Microsoft could do between two requests. Users are named by UPN or object id,
 * tenants by id or domain, apps by client id (the only one when left out).
 */
export function createControl(world: World, clock: { advance(seconds: number): void; reset(): void }) {
  const { state, settings } = world
  return {
    ...userActs(world),
    ...tenantActs(world),
    ...appActs(world),
    settings,

    /** Changes settings: see `Settings`. */
    set: (changes: Partial<Settings>): void => void Object.assign(settings, changes),
    setRotation: (rotation: Settings['rotation']): void => void (settings.rotation = rotation),
    manifestVariant: (variant: Settings['manifestVariant']): void =>
      void (settings.manifestVariant = variant),
    /** Seconds until a new consent takes effect at the token endpoint. */
    consentPropagationDelay: (seconds: number): void => void (settings.consentPropagationSeconds = seconds),

    addFault: (fault: Fault): void => void world.faults.push(structuredClone(fault)),
    clearFaults: (): void => void world.faults.splice(0),
    clearRequests: (): void => void world.requests.splice(0),

    /** Signs with a new key; `keep` old ones stay published (1 by default). */
    rotateKeys: (keep?: number): void => world.keys.rotate(keep),
    /** Moves the simulator's own clock, seconds; added to the shared one. */
    advanceClock: (seconds: number): void => clock.advance(seconds),
    resetClock: (): void => clock.reset(),

    addPartnerTenants: (count: number): Tenant[] => addPartnerTenants(state, count),
    addCustomerTenants: (partner: string, count: number): Tenant[] =>
      addCustomerTenants(state, requireTenant(world, partner).id, count),
  }
}

function userActs(world: World) {
  return {
    /** Ends every grant issued so far: 50173. */
    revokeSessions(name: string): void {
      const user = requireUser(world, name)
      user.tokensValidFrom = world.now()
      user.tokensValidFromSerial = world.serial
    },
    disableUser: (name: string, disabled = true): void => void (requireUser(world, name).disabled = disabled),
    deleteUser: (name: string): void => void (requireUser(world, name).deleted = true),
    removePartnerRole: (name: string): void => void (requireUser(world, name).partnerRoles = []),
    setUser: (name: string, changes: Partial<User>): void =>
      void Object.assign(requireUser(world, name), changes),
  }
}

function tenantActs(world: World) {
  return {
    setPolicies(name: string, changes: Partial<Policies>): void {
      Object.assign(requireTenant(world, name).policies, changes)
    },
    setTenant(name: string, changes: Partial<Tenant>): void {
      Object.assign(requireTenant(world, name), changes)
    },
    setProgramStatus(name: string, status: PartnerProgram['status']): void {
      requireTenant(world, name).program.status = status
    },
    /** The partner agreement is no longer accepted: 900124. */
    unsignAgreement: (name: string): void =>
      void (requireTenant(world, name).program.agreementSigned = false),
    /** Removes the app's service principal with all its grants: 65001. */
    removeConsent(name: string, clientId?: string): void {
      const tenant = requireTenant(world, name)
      const app = requireApp(world, clientId)
      const kept = (world.state.grants.get(tenant.id) ?? []).filter(
        (grant) => grant.clientId !== app.clientId,
      )
      world.state.grants.set(tenant.id, kept)
    },
    /** Gives an export of this invoice so many lines; null takes that back. */
    setExportLines(name: string, invoiceId: string, lines: number | null): void {
      const { exportLines } = requireTenant(world, name)
      if (lines === null) delete exportLines[invoiceId]
      else exportLines[invoiceId] = lines
    },
  }
}

function appActs(world: World) {
  return {
    disableApp: (clientId?: string, enabled = false): void =>
      void (requireApp(world, clientId).enabled = enabled),
    /** Every secret of the app is past its end: 7000222. */
    expireSecrets(clientId?: string): void {
      for (const secret of requireApp(world, clientId).secrets) secret.end = world.now()
    },
    addSecret(value: string, clientId?: string): void {
      const end = new Date(world.now().getTime() + 730 * 24 * 3600 * 1000)
      requireApp(world, clientId).secrets.push({ keyId: randomUUID(), value, start: new Date(0), end })
    },
    /** Registers a certificate, for client assertions. */
    addCertificate(
      certificate: Pick<AppCertificate, 'certificatePem' | 'notBefore' | 'notAfter'>,
      clientId?: string,
    ): void {
      const { certificatePem: pem, notBefore, notAfter } = certificate
      const dates = { start: new Date(notBefore), end: new Date(notAfter) }
      requireApp(world, clientId).certificates.push({ keyId: randomUUID(), pem, ...dates })
    },
    addRedirectUri(uri: string, type: 'web' | 'spa' = 'web', clientId?: string): void {
      requireApp(world, clientId).redirectUris.push({ uri, type })
    },
    setApp: (changes: Partial<App>, clientId?: string): void =>
      void Object.assign(requireApp(world, clientId), changes),
  }
}

function requireUser(world: World, name: string): User {
  const user = world.state.users.get(name) ?? findUser(world, name)
  if (!user) throw new TypeError(`There is no user ${name}.`)
  return user
}

function requireTenant(world: World, name: string): Tenant {
  const tenant = findTenant(world, name)
  if (!tenant) throw new TypeError(`There is no tenant ${name}.`)
  return tenant
}

function requireApp(world: World, clientId?: string): App {
  const app = clientId ? world.state.apps.get(clientId) : [...world.state.apps.values()][0]
  if (!app) throw new TypeError(`There is no app ${clientId ?? ''}.`)
  return app
}
