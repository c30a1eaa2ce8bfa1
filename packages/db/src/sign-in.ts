export {
  type Auth,
  type AuthOptions,
  CLIENT_ADDRESS_HEADER,
  createAuth,
  createPerson,
  forgetSecondStep,
  peopleOf,
  type Person,
} from './auth.ts'
export { isStrong, type PersonEvent, type Tell } from './auth/hooks.ts'
export type { SignOnFault, SingleSignOn } from './auth/single-sign-on.ts'
export { PASSWORD_LENGTH, refuseBadPassword, type BreachFetch } from './auth/passwords.ts'
export { DEVICE_TRIES, STRANGERS_TRIES } from './auth/tries.ts'
