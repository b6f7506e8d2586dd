import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { ParleyError } from '../../../client/index.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { useAction } from '../../ui/use-action.ts'

interface Props {
  title: string
  /** What it is asked for. */
  children: ComponentChildren
  confirm: string
  isDangerous?: boolean
  /** Does it; rejects with a ParleyError, `forbidden` for a wrong password. */
  onPassword: (password: string) => Promise<void>
  onClose: () => void
}

/** Asks for the password once more, before what being logged in is not enough for. */
export function PasswordDialog(props: Props) {
  const { title, children, confirm, isDangerous = false, onPassword, onClose } = props
  const [password, setPassword] = useState('')
  const { busy, error, setError, run } = useAction()

  function submit(event: Event) {
    event.preventDefault()
    if (password === '') return setError(text.accountErrors.passwordMissing)
    void run(async () => {
      try {
        await onPassword(password)
      } catch (caught) {
        const isWrong = caught instanceof ParleyError && caught.code === 'forbidden'
        if (!isWrong) throw caught
        setError(text.accountErrors.wrongPassword)
      }
    })
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        {children}
        <PasswordField
          label={laterText.settings.currentPassword}
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
          <button
            type="submit"
            class={isDangerous ? 'button button-danger' : 'button button-primary'}
            disabled={busy}
          >
            {confirm}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
