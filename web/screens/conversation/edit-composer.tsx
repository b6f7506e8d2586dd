import { useState } from 'preact/hooks'
import type { Message } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { draftOf, saveDraft } from '../../state/drafts.ts'
import { text } from '../../text.ts'
import { CloseIcon, EditIcon, TickIcon } from '../../ui/icons.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { useAction } from '../../ui/use-action.ts'
import { ComposerField } from './composer-field.tsx'

interface Props {
  message: Message
  onClose: () => void
}

/** What was changed of a message so far is kept for each chat, as what is written anew is. */
const draftName = (channelId: string) => `${channelId}/edit`

export function forgetEdit(channelId: string): void {
  saveDraft(draftName(channelId), '')
}

/** The composer while a message is changed. It closes when the server has taken the change. */
export function EditComposer({ message, onClose }: Props) {
  const [draft, setDraft] = useState(() => draftOf(draftName(message.channelId)) || message.text)
  const { busy, error, run } = useAction()
  const words = text.conversation

  function save(line: string) {
    void run(async () => {
      if (line !== message.text) await client.edit(message.channelId, message.messageId, line)
      onClose()
    })
  }

  return (
    <ComposerField
      label={words.editPlaceholder}
      value={draft}
      takesFocus
      busy={busy}
      button={{ label: words.saveEdit, icon: <TickIcon /> }}
      onValue={(value) => {
        setDraft(value)
        saveDraft(draftName(message.channelId), value)
      }}
      onSubmit={save}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        // Only the edit ends; the chat stays open.
        event.preventDefault()
        onClose()
      }}
    >
      <div class="composer-note">
        <EditIcon />
        <div>
          <p>{words.editing}</p>
          <ErrorLine error={error} />
        </div>
        <button type="button" class="icon-button" aria-label={words.cancelEdit} onClick={onClose}>
          <CloseIcon />
        </button>
      </div>
    </ComposerField>
  )
}
