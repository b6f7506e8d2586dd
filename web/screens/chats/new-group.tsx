import { useState } from 'preact/hooks'
import { newClientId } from '../../../client/index.ts'
import { MAX_TITLE_LENGTH } from '../../../protocol/limits.ts'
import type { User } from '../../../protocol/objects.ts'
import { channelPath, navigate } from '../../router.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Field } from '../../ui/field.tsx'
import { PeoplePicker } from '../../ui/people-picker.tsx'
import { useAction } from '../../ui/use-action.ts'

export function NewGroup({ onClose }: { onClose: () => void }) {
  const [title, setTitle] = useState('')
  const [people, setPeople] = useState<User[]>([])
  const [checked, setChecked] = useState(false)
  // One for the life of the dialog: pressing the button again after a lost answer makes no second group.
  const [clientId] = useState(newClientId)
  const { busy, error, run } = useAction()
  const words = text.group

  function create() {
    setChecked(true)
    if (title.trim() === '') return
    void run(async () => {
      const ids = people.map(({ userId }) => userId)
      const { channelId } = await client.createGroup(title.trim(), ids, clientId)
      onClose()
      navigate(channelPath(channelId))
    })
  }

  return (
    <Dialog title={words.newTitle} onClose={onClose}>
      <Field
        label={words.title}
        value={title}
        onValue={setTitle}
        error={checked && title.trim() === '' ? text.accountErrors.titleMissing : null}
        maxLength={MAX_TITLE_LENGTH}
        autocomplete="off"
        takesFocus
      />
      <PeoplePicker people={people} onPeople={setPeople} />
      <ErrorLine error={error} />
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {text.dialog.cancel}
        </button>
        <button type="button" class="button button-primary" disabled={busy} onClick={create}>
          {words.create}
        </button>
      </div>
    </Dialog>
  )
}
