import { useState } from 'preact/hooks'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Link } from '../../ui/link.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { useAction } from '../../ui/use-action.ts'
import { AccountPage } from './account-page.tsx'
import { passwordProblem } from './check-fields.ts'

/** Where the link in the e-mail leads. */
export function ResetPassword({ token }: { token: string | null }) {
  const [password, setPassword] = useState('')
  const [checked, setChecked] = useState(false)
  const [done, setDone] = useState(false)
  const { busy, error, run } = useAction()
  const words = text.account
  const canSet = token !== null && !done

  function submit(event: Event) {
    event.preventDefault()
    setChecked(true)
    if (token === null || passwordProblem(password) !== null) return
    void run(async () => {
      await client.account.resetPassword(token, password)
      setDone(true)
    })
  }

  return (
    <AccountPage title={words.resetTitle}>
      {!canSet && (
        <p class="account-hint" role="status">
          {done ? words.resetDone : text.accountErrors.badLink}
        </p>
      )}
      {canSet && (
        <form onSubmit={submit} noValidate>
          <PasswordField
            label={words.newPassword}
            value={password}
            onValue={setPassword}
            hint={words.passwordHint}
            error={checked ? passwordProblem(password) : null}
            autocomplete="new-password"
          />
          <ErrorLine error={error} />
          <button type="submit" class="button button-primary button-wide" disabled={busy}>
            {words.setPassword}
          </button>
        </form>
      )}
      <p class="account-other">
        {!done && token === null ? (
          <Link href="/forgot">{words.toForgot}</Link>
        ) : (
          <Link href="/login">{words.backToLogIn}</Link>
        )}
      </p>
    </AccountPage>
  )
}
