import type { Channel, Notify } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { useAction } from '../../ui/use-action.ts'

const CHOICES: readonly Notify[] = ['all', 'mentions', 'none']

/** What of a chat calls for one's attention, on all devices. */
export function Notifications({ channel }: { channel: Channel }) {
  const { busy, error, run } = useAction()
  const words = text.details
  return (
    <fieldset class="details-section choices">
      <legend>{words.notifications}</legend>
      {CHOICES.map((notify) => (
        <label key={notify}>
          <input
            type="radio"
            name="notify"
            checked={channel.notify === notify}
            disabled={busy}
            onChange={() =>
              void run(async () => void (await client.setNotify(channel.channelId, notify)))
            }
          />
          {words.notify[notify]}
        </label>
      ))}
      <ErrorLine error={error} />
    </fieldset>
  )
}
