import { useState } from 'preact/hooks'
import { client } from '../../state/client.ts'
import { enter, session } from '../../state/session.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Field } from '../../ui/field.tsx'
import { Link } from '../../ui/link.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { useAction } from '../../ui/use-action.ts'
import { AccountPage } from './account-page.tsx'
import { PasskeyLogIn } from './passkey-log-in.tsx'

export function LogIn() {
  const [who, setWho] = useState('')
  const [password, setPassword] = useState('')
  const [checked, setChecked] = useState(false)
  const { busy, error, setError, run } = useAction()
  const words = text.account
  const notice = session.value.state === 'out' ? session.value.notice : null

  function submit(event: Event) {
    event.preventDefault()
    setChecked(true)
    if (who.trim() === '' || password === '') return
    void run(async () => {
      await client.account.signIn(who, password)
      enter()
    })
  }

  return (
    <AccountPage title={words.logInTitle}>
      {notice && (
        <p class="notice" role="status">
          {notice}
        </p>
      )}
      <form onSubmit={submit} noValidate>
        <Field
          label={words.who}
          value={who}
          onValue={setWho}
          error={checked && who.trim() === '' ? text.accountErrors.whoMissing : null}
          autocomplete="username webauthn"
          autocapitalize="none"
          spellcheck={false}
          takesFocus
          required
        />
        <PasswordField
          label={words.password}
          value={password}
          onValue={setPassword}
          error={checked && password === '' ? text.accountErrors.passwordMissing : null}
          autocomplete="current-password"
        />
        <ErrorLine error={error} />
        <button type="submit" class="button button-primary button-wide" disabled={busy}>
          {words.logIn}
        </button>
        <PasskeyLogIn busy={busy} run={run} setError={setError} />
      </form>
      <p class="account-other">
        <Link href="/forgot">{words.toForgot}</Link>
      </p>
      <p class="account-other">
        {words.noAccount} <Link href="/signup">{words.toSignUp}</Link>
      </p>
    </AccountPage>
  )
}
