import { useState } from 'preact/hooks'
import type { Channel } from '../../../protocol/objects.ts'
import { messagePath, navigate } from '../../router.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { dateOf, startOfDate } from '../../ui/time.ts'
import { useAction } from '../../ui/use-action.ts'

interface Props {
  channel: Channel
  onClose: () => void
}

/** A day in, and the first message from then on is on screen. */
export function JumpToDate({ channel, onClose }: Props) {
  const { channelId, createdAt } = channel
  const [date, setDate] = useState('')
  const { busy, error, setError, run } = useAction()
  const words = text.conversation

  function jump(event: Event) {
    event.preventDefault()
    const at = startOfDate(date)
    if (at === null) return
    void run(async () => {
      const message = await client.loadAt(channelId, at)
      if (message === null) return setError(words.empty)
      onClose()
      navigate(messagePath(channelId, message.messageId))
    })
  }

  return (
    <Dialog title={words.jumpToDateTitle} onClose={onClose}>
      <form onSubmit={jump} class="inline-form">
        <Field
          label={words.date}
          type="date"
          value={date}
          onValue={setDate}
          min={dateOf(createdAt)}
          max={dateOf(Date.now())}
          error={error}
          required
        />
        <button
          type="submit"
          class="button button-primary"
          disabled={busy || startOfDate(date) === null}
        >
          {words.jumpToDate}
        </button>
      </form>
    </Dialog>
  )
}
