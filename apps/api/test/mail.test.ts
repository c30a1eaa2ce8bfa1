import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'

import { createMailer } from '@consentry/deliver'
import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { createLog } from '../src/log.ts'
import { invitationMail, mailWith } from '../src/mail.ts'

type Received = { readonly to: string[]; readonly text: string }

let server: SMTPServer
let received: Received[]
let lines: string[]
let url: string

beforeEach(async () => {
  received = []
  lines = []
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, session, done) {
      let text = ''
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
      stream.on('end', () => {
        received.push({ to: session.envelope.rcptTo.map((it) => it.address), text })
        done()
      })
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  // A TCP server's address is never a pipe name.
  url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`
})
afterEach(() => new Promise<void>((resolve) => server.close(resolve)))

function mailer(at = url) {
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const send = createMailer({ mail: { url: at, from: 'Consentry <consentry@example.com>' } })
  return mailWith(send, createLog('trace', destination))
}

const words = {
  organisation: 'Fjordbyte AB',
  by: 'Ida',
  url: 'https://consentry.example/invitation/secret-token',
  until: new Date('2026-12-01T00:00:00Z'),
}

it('brings a plain text with its one link', async () => {
  expect(await mailer()(invitationMail('kim@example.com', words))).toBe(true)
  expect(received[0]?.to).toEqual(['kim@example.com'])
  expect(received[0]?.text).toContain('Subject: Ida invites you to Fjordbyte AB on Consentry')
  expect(received[0]?.text).toMatch(/content-type: text\/plain/i)
  expect(received[0]?.text.replaceAll('=\r\n', '')).toContain(words.url)
})

it('names no further recipient or header, whatever stands in names', async () => {
  const bad = { ...words, by: 'Ida\r\nBcc: eve@example.com', organisation: 'X\nTo: eve@example.com' }
  await mailer()(invitationMail('kim@example.com', bad))
  expect(received[0]?.to).toEqual(['kim@example.com'])
  expect(received[0]?.text).not.toMatch(/^(Bcc|To): eve/m)
})

it('that cannot be sent is logged without its link, and nobody fails by it', async () => {
  expect(await mailer('smtp://127.0.0.1:1')(invitationMail('kim@example.com', words))).toBe(false)
  expect(lines.join('')).toContain('mail could not be sent')
  expect(lines.join('')).not.toContain('secret-token')
})

it('says in the log when it is not set up', async () => {
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const none = mailWith(createMailer({ mail: null }), createLog('trace', destination))
  expect(await none(invitationMail('kim@example.com', words))).toBe(false)
  expect(lines.join('')).toContain('CONSENTRY_SMTP_URL')
})
