import { useState } from 'preact/hooks'
import { client } from '../../state/client.ts'
import { enter } from '../../state/session.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Field } from '../../ui/field.tsx'
import { Link } from '../../ui/link.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { useAction } from '../../ui/use-action.ts'
import { AccountPage } from './account-page.tsx'
import { emailProblem, handleProblem, nameProblem, passwordProblem } from './check-fields.ts'

export function SignUp() {
  const [name, setName] = useState('')
  const [handle, setHandle] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [checked, setChecked] = useState(false)
  const { busy, error, run } = useAction()
  const words = text.account

  const problems = {
    name: nameProblem(name),
    handle: handleProblem(handle),
    email: emailProblem(email),
    password: passwordProblem(password),
  }
  const shown = checked ? problems : null

  function submit(event: Event) {
    event.preventDefault()
    setChecked(true)
    if (Object.values(problems).some((problem) => problem !== null)) return
    void run(async () => {
      await client.account.signUp({ name: name.trim(), handle, email: email.trim(), password })
      enter()
    })
  }

  return (
    <AccountPage title={words.signUpTitle}>
      <form onSubmit={submit} noValidate>
        <Field
          label={words.name}
          value={name}
          onValue={setName}
          hint={words.nameHint}
          error={shown?.name}
          autocomplete="name"
          maxLength={80}
          takesFocus
          required
        />
        <Field
          label={words.handle}
          value={handle}
          onValue={(value) => setHandle(value.toLowerCase().replace(/^@/, ''))}
          hint={words.handleHint}
          error={shown?.handle}
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          maxLength={24}
          required
        />
        <Field
          label={words.email}
          value={email}
          onValue={setEmail}
          error={shown?.email}
          type="email"
          autocomplete="email"
          required
        />
        <PasswordField
          label={words.password}
          value={password}
          onValue={setPassword}
          hint={words.passwordHint}
          error={shown?.password}
          autocomplete="new-password"
        />
        <ErrorLine error={error} />
        <button type="submit" class="button button-primary button-wide" disabled={busy}>
          {words.signUp}
        </button>
      </form>
      <p class="account-other">
        {words.haveAccount} <Link href="/login">{words.toLogIn}</Link>
      </p>
    </AccountPage>
  )
}
