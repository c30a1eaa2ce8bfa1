import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'

export type Version = {
  readonly id: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  enabled: boolean
}

export function newVersion(): Version {
  const id = randomBytes(16).toString('hex')
  return { id, ...generateKeyPairSync('rsa', { modulusLength: 2048 }), enabled: true }
}
