import type { Mail } from '../mailer/mailer.ts'

/** The mail with the link, `page?token=…`, to the page that sets a new password. */
export function passwordResetMail(
  user: { name: string; email: string },
  page: URL,
  token: string,
): Mail {
  const link = new URL(page)
  link.searchParams.set('token', token)
  return {
    to: user.email,
    subject: 'Set a new password for Parley',
    text: [
      `Hello ${user.name},`,
      '',
      'somebody, probably you, asked to set a new password for your Parley account. This link does it,',
      'once, within an hour:',
      '',
      link.href,
      '',
      'If it was not you, nothing needs to be done; your password stays as it is.',
    ].join('\n'),
  }
}
