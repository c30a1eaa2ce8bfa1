import type { Config, Transports } from '@consentry/core'

import { createMailer } from './mail.ts'
import { postJson } from './post.ts'

/** The ways out that a deployment has. */
export function createTransports(config: Pick<Config, 'mail' | 'internalWebhooks'>): Transports {
  return {
    mail: createMailer(config),
    post: (url, body, headers) => postJson(url, body, headers, { internal: config.internalWebhooks }),
  }
}
