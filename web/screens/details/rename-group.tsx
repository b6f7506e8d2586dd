import { useState } from 'preact/hooks'
import { MAX_TITLE_LENGTH } from '../../../protocol/limits.ts'
import { client } from '../../state/client.ts'
import { laterText } from '../../later-text.ts'
import { Field } from '../../ui/field.tsx'
import { useAction } from '../../ui/use-action.ts'

export function RenameGroup({ channelId, title }: { channelId: string; title: string }) {
  const [draft, setDraft] = useState(title)
  const { busy, error, run } = useAction()
  const wanted = draft.trim()

  function rename(event: Event) {
    event.preventDefault()
    void run(async () => void (await client.rename(channelId, wanted)))
  }

  return (
    <form onSubmit={rename} class="inline-form details-section">
      <Field
        label={laterText.details.rename}
        value={draft}
        onValue={setDraft}
        error={error}
        maxLength={MAX_TITLE_LENGTH}
        autocomplete="off"
      />
      <button type="submit" class="button" disabled={busy || wanted === '' || wanted === title}>
        {laterText.details.save}
      </button>
    </form>
  )
}
