export { createCertificate, type AppCertificate } from './certificate.ts'
export type { Control } from './control.ts'
export type { Fault, FaultEffect } from './faults.ts'
export { aadstsCodes } from './login/aadsts.ts'
export type { Listening, ListenOptions } from './listen.ts'
export { createMicrosoft, type Microsoft, type MicrosoftOptions } from './microsoft.ts'
export type { RequestRecord } from './requests.ts'
export { hashToken } from './requests.ts'
export { demo } from './seed/demo-constants.ts'
export { demoSeed } from './seed/demo.ts'
export { createTenant } from './seed/tenants.ts'
export { createUser } from './seed/users.ts'
export type { Settings } from './settings.ts'
export type { CookieJar, SignInOptions, SignInResult } from './sign-in.ts'
export type {
  App,
  AppRoleGrant,
  AuthorizationCode,
  Grant,
  PartnerProgram,
  PartnerRole,
  Policies,
  RefreshToken,
  Seed,
  SignIn,
  State,
  Tenant,
  User,
} from './state.ts'
export type { Urls } from './urls.ts'
