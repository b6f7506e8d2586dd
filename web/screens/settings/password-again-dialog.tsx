import { client } from '../../state/client.ts'
import { laterText } from '../../later-text.ts'
import { PasswordDialog } from './password-dialog.tsx'

interface Props {
  /** What had to wait for the password. */
  onDone: () => void
  onClose: () => void
}

/** For what a login of some time ago is not enough for. */
export function PasswordAgainDialog({ onDone, onClose }: Props) {
  const words = laterText.passkeys
  return (
    <PasswordDialog
      title={words.passwordTitle}
      confirm={words.goOn}
      onPassword={async (password) => {
        await client.account.confirmPassword(password)
        onClose()
        onDone()
      }}
      onClose={onClose}
    >
      <p class="settings-hint">{words.passwordBody}</p>
    </PasswordDialog>
  )
}
