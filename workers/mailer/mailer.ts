import type { Settings } from '../settings.ts'
import { consoleMailer } from './console-mailer.ts'
import { httpMailer } from './http-mailer.ts'

export interface Mail {
  to: string
  subject: string
  text: string
}

/** Sends one mail, or throws; whoever calls it does so in the background and only logs a failure. */
export interface Mailer {
  send(mail: Mail): Promise<void>
}

/** The mail API where one is set (always in production), else the console. */
export function mailerFor(settings: Settings): Mailer {
  return settings.mail.url === '' ? consoleMailer() : httpMailer(settings.mail)
}
