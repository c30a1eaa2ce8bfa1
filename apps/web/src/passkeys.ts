import { get, post } from './api.ts'
import { api } from './routes.ts'

/** Whether this browser knows passkeys and how they travel (WebAuthn 3, 5.1.8 and 5.1.9). */
export function hasPasskeys(): boolean {
  return 'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential
}

/** Signs in with a passkey; false when the person put it away. Throws ApiProblem. */
export async function showPasskey(): Promise<boolean> {
  const options = await get<PublicKeyCredentialRequestOptionsJSON>(api.passkeyOptions)
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  const credential = await askFor(() => navigator.credentials.get({ publicKey }))
  if (!(credential instanceof PublicKeyCredential)) return false
  await post(api.passkey, { response: credential.toJSON() })
  return true
}

/** Makes a passkey for whoever is signed in; false when the person put it away. Throws ApiProblem. */
export async function makePasskey(name: string): Promise<boolean> {
  const options = await get<PublicKeyCredentialCreationOptionsJSON>(api.newPasskey)
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
  const credential = await askFor(() => navigator.credentials.create({ publicKey }))
  if (!(credential instanceof PublicKeyCredential)) return false
  await post(api.addPasskey, { response: credential.toJSON(), name })
  return true
}

// WebAuthn 3, 5.1.4: an abandoned or refused ceremony ends so, whatever the reason.
async function askFor(ceremony: () => Promise<Credential | null>): Promise<Credential | null> {
  try {
    return await ceremony()
  } catch (error) {
    if (error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError'))
      return null
    throw error
  }
}
