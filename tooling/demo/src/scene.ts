import { outsiderViews, tenantViews } from './scene-tenants.ts'
import type { Stack } from './stack.ts'
import { createVisitor, type Visitor } from './visitor.ts'

export type Who = 'owner' | 'viewer' | 'nobody'
/** A page in one state: where it is, and what is on it once it is complete. */
export type View = {
  readonly name: string
  readonly path: string
  readonly ready: string
  readonly as?: Who
}
export type Scene = {
  readonly views: readonly View[]
  /** Cookies of each, for a browser. The one without an account made two trips to Microsoft. */
  readonly cookies: Readonly<Record<Who, ReturnType<Visitor['cookies']>>>
}

/** Fills a new stack with tenants in every state, a report, keys, people; gives every page there is to be seen. */
export async function setScene(stack: Stack): Promise<Scene> {
  const [owner, viewer, nobody] = [1, 2, 3].map(() => createVisitor(stack.url))
  if (!owner || !viewer || !nobody) throw new TypeError('Three visitors are needed.')
  await owner.call('POST', '/api/auth/sign-in/email', stack.owner)
  await viewer.call('POST', '/api/auth/sign-in/email', stack.viewer)
  const invitation = await fillOrganisation(owner)
  const views = [
    ...signedOutViews(invitation),
    ...organisationViews(),
    ...(await tenantViews(stack, owner)),
    ...(await outsiderViews(stack, owner, nobody)),
  ]
  const cookies = { owner: owner.cookies(), viewer: viewer.cookies(), nobody: nobody.cookies() }
  return { views, cookies }
}

/** A key, a channel and an open invitation; gives the path of that. */
async function fillOrganisation(owner: Visitor): Promise<string> {
  await owner.call('POST', '/api/v1/service-keys', {
    name: 'erp sync',
    scopes: ['tokens:read', 'connections:read'],
  })
  const events = ['connection.broken', 'connection.attention', 'connection.recovered']
  await owner.call('PUT', '/api/v1/notifications', {
    channels: [{ kind: 'email', address: 'ops@demo.example', events }],
  })
  const invitation = await owner.call<{ url: string }>('POST', '/api/v1/invitations', {
    email: 'kim@demo.example',
    role: 'admin',
  })
  return new URL(invitation.url).pathname
}

function signedOutViews(invitation: string): View[] {
  const as = 'nobody'
  return [
    { name: 'sign-in', path: '/sign-in', ready: 'form', as },
    { name: 'second-step', path: '/sign-in/second-step', ready: 'form', as },
    { name: 'set-up-step', path: '/sign-in/set-up', ready: 'form', as },
    { name: 'forgotten', path: '/forgotten', ready: 'form', as },
    { name: 'new-password', path: '/forgotten?token=one', ready: 'form', as },
    { name: 'invitation', path: invitation, ready: 'text=You sign in as', as },
    { name: 'invitation-ended', path: '/invitation/none', ready: 'text=no longer', as },
    { name: 'help-signed-out', path: '/help/codes/mfa_missing', ready: 'text=second step', as },
  ]
}

function organisationViews(): View[] {
  return [
    { name: 'today', path: '/', ready: 'text=Everything else' },
    { name: 'today-viewer', path: '/', ready: 'text=Everything else', as: 'viewer' },
    { name: 'members', path: '/organisation/members', ready: 'text=Ask for a second step' },
    { name: 'members-viewer', path: '/organisation/members', ready: 'text=for owners', as: 'viewer' },
    { name: 'single-sign-on', path: '/organisation/single-sign-on', ready: 'text=Redirect address' },
    { name: 'service-keys', path: '/organisation/service-keys', ready: 'text=erp sync' },
    { name: 'notifications', path: '/organisation/notifications', ready: 'text=ops@demo.example' },
    { name: 'return-addresses', path: '/organisation/return-addresses', ready: 'text=None yet' },
    { name: 'audit-log', path: '/organisation/audit', ready: 'tbody tr' },
    { name: 'profile', path: '/profile', ready: 'text=Where you are signed in' },
    { name: 'my-services', path: '/my-services', ready: 'h1' },
    { name: 'service', path: '/my-services/microsoft-365-csp-direct', ready: 'h1' },
    { name: 'help', path: '/help', ready: 'text=Help and problem codes' },
    { name: 'help-code', path: '/help/codes/mfa_missing', ready: 'text=second step' },
    { name: 'nothing-here', path: '/nowhere', ready: 'text=There is nothing here' },
  ]
}
