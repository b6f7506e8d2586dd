import type { Mail } from '../mailer/mailer.ts'

/** The mail with the link to the page that sets a new password. */
export function passwordResetMail(
  user: { name: string; email: string },
  origin: string,
  token: string,
): Mail {
  const link = `${origin}/reset-password?token=${encodeURIComponent(token)}`
  return {
    to: user.email,
    subject: 'Set a new password for Parley',
    text: [
      `Hello ${user.name},`,
      '',
      'somebody, probably you, asked to set a new password for your Parley account. This link does it,',
      'once, within an hour:',
      '',
      link,
      '',
      'If it was not you, nothing needs to be done; your password stays as it is.',
    ].join('\n'),
  }
}
