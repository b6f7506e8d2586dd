import { useState } from 'preact/hooks'
import { ParleyError } from '../../../client/index.ts'
import { deleteAccount } from '../../state/session.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { useAction } from '../../ui/use-action.ts'

/** The end of an account: says what happens, and asks for the password. */
export function DeleteAccount() {
  const [isAsking, setAsking] = useState(false)
  const words = laterText.settings
  return (
    <section aria-labelledby="settings-delete">
      <h2 id="settings-delete">{words.deleteAccount}</h2>
      <p class="settings-hint">{words.deleteHint}</p>
      <button type="button" class="button button-danger" onClick={() => setAsking(true)}>
        {words.deleteAsk}
      </button>
      {isAsking && <DeleteDialog onClose={() => setAsking(false)} />}
    </section>
  )
}

function DeleteDialog({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState('')
  const { busy, error, setError, run } = useAction()
  const words = laterText.settings

  function submit(event: Event) {
    event.preventDefault()
    if (password === '') return setError(text.accountErrors.passwordMissing)
    void run(async () => {
      try {
        await deleteAccount(password)
      } catch (caught) {
        const isWrong = caught instanceof ParleyError && caught.code === 'forbidden'
        if (!isWrong) throw caught
        setError(text.accountErrors.wrongPassword)
      }
    })
  }

  return (
    <Dialog title={words.deleteTitle} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ul class="dialog-list">
          {words.deletePoints.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
        <PasswordField
          label={words.currentPassword}
          value={password}
          onValue={(value) => {
            setPassword(value)
            setError(null)
          }}
          autocomplete="current-password"
        />
        <ErrorLine error={error} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {text.dialog.cancel}
          </button>
          <button type="submit" class="button button-danger" disabled={busy}>
            {words.deleteConfirm}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
