import type { Message } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { AlertIcon, ClockIcon, TickIcon, TwoTicksIcon } from '../../ui/icons.tsx'

/** How far a message of one's own has got; `message` is null before it is stored. */
export function MessageTicks({ message, failed }: { message: Message | null; failed: boolean }) {
  const words = text.conversation
  if (failed) return <AlertIcon label={words.failed} />
  if (message === null) return <ClockIcon label={words.sending} />
  // What is gone needs no news of it.
  if (message.deletedAt !== null) return null
  switch (client.stateOf(message)) {
    case 'sent':
      return <TickIcon label={words.sent} />
    case 'delivered':
      return <TwoTicksIcon label={words.delivered} />
    case 'read':
      return (
        <span class="ticks-read">
          <TwoTicksIcon label={words.read} />
        </span>
      )
  }
}
