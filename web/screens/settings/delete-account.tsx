import { useState } from 'preact/hooks'
import { deleteAccount } from '../../state/session.ts'
import { laterText } from '../../later-text.ts'
import { PasswordDialog } from './password-dialog.tsx'

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
      {isAsking && (
        <PasswordDialog
          title={words.deleteTitle}
          confirm={words.deleteConfirm}
          isDangerous
          onPassword={deleteAccount}
          onClose={() => setAsking(false)}
        >
          <ul class="dialog-list">
            {words.deletePoints.map((point) => (
              <li key={point}>{point}</li>
            ))}
          </ul>
        </PasswordDialog>
      )}
    </section>
  )
}
