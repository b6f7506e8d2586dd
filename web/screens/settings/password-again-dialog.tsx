import { useState } from 'preact/hooks'
import { ParleyError } from '../../../client/index.ts'
import { client } from '../../state/client.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { useAction } from '../../ui/use-action.ts'

interface Props {
  /** What had to wait for the password. */
  onDone: () => void
  onClose: () => void
}

/** For what a login of some time ago is not enough for. */
export function PasswordAgainDialog({ onDone, onClose }: Props) {
  const [password, setPassword] = useState('')
  const { busy, error, setError, run } = useAction()
  const words = laterText.passkeys

  function submit(event: Event) {
    event.preventDefault()
    if (password === '') return setError(text.accountErrors.passwordMissing)
    void run(async () => {
      try {
        await client.account.confirmPassword(password)
      } catch (caught) {
        const isWrong = caught instanceof ParleyError && caught.code === 'forbidden'
        if (!isWrong) throw caught
        return setError(text.accountErrors.wrongPassword)
      }
      onClose()
      onDone()
    })
  }

  return (
    <Dialog title={words.passwordTitle} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <p class="settings-hint">{words.passwordBody}</p>
        <PasswordField
          label={laterText.settings.currentPassword}
          value={password}
          onValue={setPassword}
          autocomplete="current-password"
        />
        <ErrorLine error={error} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {text.dialog.cancel}
          </button>
          <button type="submit" class="button button-primary" disabled={busy}>
            {words.goOn}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
