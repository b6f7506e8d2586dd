import type { Mailer } from './mailer.ts'

/** Development: the mail, link and all, goes to the terminal that runs `npm run dev`. */
export function consoleMailer(): Mailer {
  return {
    async send(mail) {
      console.log(`\nMail to ${mail.to}: ${mail.subject}\n${mail.text}\n`)
    },
  }
}
