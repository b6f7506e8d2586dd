import { useState } from 'preact/hooks'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Field } from '../../ui/field.tsx'
import { Link } from '../../ui/link.tsx'
import { useAction } from '../../ui/use-action.ts'
import { AccountPage } from './account-page.tsx'
import { emailProblem } from './check-fields.ts'

export function ForgotPassword() {
  const [email, setEmail] = useState('')
  const [checked, setChecked] = useState(false)
  const [sent, setSent] = useState(false)
  const { busy, error, run } = useAction()
  const words = text.account

  function submit(event: Event) {
    event.preventDefault()
    setChecked(true)
    if (emailProblem(email) !== null) return
    void run(async () => {
      await client.account.requestPasswordReset(email.trim(), `${location.origin}/reset`)
      setSent(true)
    })
  }

  return (
    <AccountPage title={words.forgotTitle}>
      <p class="account-hint" role="status">
        {sent ? words.forgotSent : words.forgotHint}
      </p>
      {!sent && (
        <form onSubmit={submit} noValidate>
          <Field
            label={words.email}
            value={email}
            onValue={setEmail}
            error={checked ? emailProblem(email) : null}
            type="email"
            autocomplete="email"
            takesFocus
            required
          />
          <ErrorLine error={error} />
          <button type="submit" class="button button-primary button-wide" disabled={busy}>
            {words.sendLink}
          </button>
        </form>
      )}
      <p class="account-other">
        <Link href="/login">{words.backToLogIn}</Link>
      </p>
    </AccountPage>
  )
}
