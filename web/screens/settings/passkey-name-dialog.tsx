import { useState } from 'preact/hooks'
import type { Passkey } from '../../../client/index.ts'
import { MAX_NAME_LENGTH } from '../../../protocol/limits.ts'
import { client } from '../../state/client.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Field } from '../../ui/field.tsx'
import { useAction } from '../../ui/use-action.ts'
import { nameProblem } from '../account/check-fields.ts'

interface Props {
  passkey: Passkey
  onDone: () => Promise<void>
  onClose: () => void
}

export function PasskeyNameDialog({ passkey, onDone, onClose }: Props) {
  const [name, setName] = useState(passkey.name ?? '')
  const { busy, error, run } = useAction()
  const words = laterText.passkeys

  function submit(event: Event) {
    event.preventDefault()
    if (nameProblem(name) !== null) return
    void run(async () => {
      await client.account.renamePasskey(passkey.id, name.trim())
      await onDone()
      onClose()
    })
  }

  return (
    <Dialog title={words.renameTitle} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Field
          label={text.account.name}
          value={name}
          onValue={setName}
          error={nameProblem(name)}
          autocomplete="off"
          maxLength={MAX_NAME_LENGTH}
        />
        <ErrorLine error={error} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {text.dialog.cancel}
          </button>
          <button type="submit" class="button button-primary" disabled={busy}>
            {laterText.details.save}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
