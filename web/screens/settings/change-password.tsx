import { useState } from 'preact/hooks'
import { client } from '../../state/client.ts'
import { me } from '../../state/session.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { useAction } from '../../ui/use-action.ts'
import { passwordProblem } from '../account/check-fields.ts'

export function ChangePassword() {
  const [current, setCurrent] = useState('')
  const [wanted, setWanted] = useState('')
  const [endOthers, setEndOthers] = useState(true)
  const [checked, setChecked] = useState(false)
  const [done, setDone] = useState(false)
  const { busy, error, run } = useAction()
  const words = laterText.settings

  function submit(event: Event) {
    event.preventDefault()
    setChecked(true)
    setDone(false)
    if (current === '' || passwordProblem(wanted) !== null) return
    void run(async () => {
      await client.account.changePassword(current, wanted, endOthers)
      setCurrent('')
      setWanted('')
      setChecked(false)
      setDone(true)
    })
  }

  return (
    <section aria-labelledby="settings-password">
      <h2 id="settings-password">{words.password}</h2>
      <form onSubmit={submit} noValidate>
        <input
          class="visually-hidden"
          type="text"
          autocomplete="username"
          value={me()?.handle ?? ''}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <PasswordField
          label={words.currentPassword}
          value={current}
          onValue={setCurrent}
          error={checked && current === '' ? text.accountErrors.passwordMissing : null}
          autocomplete="current-password"
        />
        <PasswordField
          label={words.newPassword}
          value={wanted}
          onValue={setWanted}
          hint={text.account.passwordHint}
          error={checked ? passwordProblem(wanted) : null}
          autocomplete="new-password"
        />
        <label class="check">
          <input
            type="checkbox"
            checked={endOthers}
            onChange={(event) => setEndOthers(event.currentTarget.checked)}
          />
          {words.endOthers}
        </label>
        <ErrorLine error={error} />
        <button type="submit" class="button" disabled={busy}>
          {words.changePassword}
        </button>
        {done && (
          <p class="note" role="status">
            {words.passwordChanged}
          </p>
        )}
      </form>
    </section>
  )
}
