export { createMailer, type Mail, type Mailer } from './mail.ts'
export { createTransports } from './transports.ts'
