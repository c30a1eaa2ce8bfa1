import { createHash } from 'node:crypto'

/** Characters. The longest keeps hashing from being a way to keep the server busy. */
export const PASSWORD_LENGTH = { min: 8, max: 128 } as const

/** Asks whether a password was seen in a breach; never sends it. */
export type BreachFetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * Throws `RangeError`, with a sentence for the person, when the password will not do: too short or too long, a common one,
 * made of the account's own name, or known from a breach. Nothing else is asked of it: rules about kinds of characters
 * make passwords worse (NIST SP 800-63B, 3.1.1.2).
 */
export async function refuseBadPassword(
  password: string,
  email: string,
  breachFetch?: BreachFetch,
): Promise<void> {
  const { min, max } = PASSWORD_LENGTH
  if (password.length < min) throw new RangeError(`The password is too short; use at least ${min} characters`)
  if (password.length > max) throw new RangeError(`The password is too long; use at most ${max} characters`)
  const bare = password.toLowerCase().trim()
  if (isOwnName(bare, email.toLowerCase()))
    throw new RangeError('The password is made of your own name or ours; use another one')
  const common = await commonPasswords()
  if (common.has(bare) || new Set(bare).size < 3)
    throw new RangeError('The password is one that everybody tries first; use another one')
  if (breachFetch && (await isBreached(password, breachFetch)))
    throw new RangeError('The password is known from a breach elsewhere; use another one')
}

function isOwnName(password: string, email: string): boolean {
  const [local = '', domain = ''] = email.split('@')
  const names = [email, local, domain.split('.')[0] ?? '', 'consentry'].filter((it) => it.length > 2)
  const letters = password.replaceAll(/[\d\W_]+/g, '')
  return (
    password === email || names.some((it) => letters === it.replaceAll(/[\d\W_]+/g, '') && letters !== '')
  )
}

let loaded: Promise<ReadonlySet<string>> | undefined

// 49,000 of them: loaded when the first password is set, and not when a process starts.
async function commonPasswords(): Promise<ReadonlySet<string>> {
  loaded ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => {
    const list = dictionary['passwords-common']
    return new Set(Array.isArray(list) ? list.map(String) : [])
  })
  return loaded
}

const RANGES = 'https://api.pwnedpasswords.com/range/'
const PATIENCE = 1500

// haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange: only the first five digits of the SHA-1 leave the machine,
// and padding hides how many answers there are.
async function isBreached(password: string, fetch: BreachFetch): Promise<boolean> {
  const hash = createHash('sha1').update(password).digest('hex').toUpperCase()
  try {
    const response = await fetch(RANGES + hash.slice(0, 5), {
      headers: { 'add-padding': 'true' },
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    })
    if (!response.ok) return false
    const lines = (await response.text()).split(/\r?\n/)
    return lines.some((line) => line.startsWith(`${hash.slice(5)}:`) && !line.endsWith(':0'))
  } catch {
    // Whoever cannot be asked must not keep people from setting a password; the list above was asked all the same.
    return false
  }
}
