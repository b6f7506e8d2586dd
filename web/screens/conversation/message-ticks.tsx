import type { Outgoing } from '../../../client/index.ts'
import type { Message } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { AlertIcon, ClockIcon, TickIcon, TwoTicksIcon } from '../../ui/icons.tsx'

interface Props {
  /** Null before it is stored. */
  message: Message | null
  outgoing: Outgoing | null
}

/** How far a message of one's own has got. That it waits is only said once it is kept. */
export function MessageTicks({ message, outgoing }: Props) {
  const words = text.conversation
  if (outgoing?.state === 'failed') return <AlertIcon label={words.failed} />
  if (message === null) return outgoing?.kept === true && <ClockIcon label={words.sending} />
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
