import { useState } from 'preact/hooks'
import type { Channel, Notify } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { laterText } from '../../later-text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { useAction } from '../../ui/use-action.ts'

const CHOICES: readonly Notify[] = ['all', 'mentions', 'none']

/** What of a chat calls for one's attention, on all devices. */
export function Notifications({ channel }: { channel: Channel }) {
  /** Shown as chosen at once; what counts is what the server answers. */
  const [chosen, setChosen] = useState<Notify | null>(null)
  const { busy, error, run } = useAction()
  const words = laterText.details

  async function choose(notify: Notify) {
    setChosen(notify)
    await run(async () => void (await client.setNotify(channel.channelId, notify)))
    setChosen(null)
  }

  return (
    <fieldset class="details-section choices">
      <legend>{words.notifications}</legend>
      {CHOICES.map((notify) => (
        <label key={notify}>
          <input
            type="radio"
            name="notify"
            checked={(chosen ?? channel.notify) === notify}
            disabled={busy}
            onChange={() => void choose(notify)}
          />
          {words.notify[notify]}
        </label>
      ))}
      <ErrorLine error={error} />
    </fieldset>
  )
}
