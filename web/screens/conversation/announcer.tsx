import { useEffect, useState } from 'preact/hooks'
import { client } from '../../state/client.ts'
import { relationTo } from '../../state/people.ts'
import { text } from '../../text.ts'
import { isSelf, personName } from '../../ui/names.ts'

/** Longer than this nobody wants to hear unasked. */
const SPOKEN_LENGTH = 300

/**
 * Says new messages politely. Not the timeline itself, which would read out the older messages too
 * when they load.
 */
export function Announcer({ channelId }: { channelId: string }) {
  const [said, setSaid] = useState({ count: 0, words: '' })
  useEffect(
    () =>
      client.on('message', (message) => {
        if (message.channelId !== channelId || isSelf(message.userId)) return
        if (message.kind !== 'text' || relationTo(message.userId) === 'blocked') return
        const line = message.text.slice(0, SPOKEN_LENGTH)
        const words = text.conversation.announce(personName(message.userId), line)
        setSaid(({ count }) => ({ count: count + 1, words }))
      }),
    [channelId],
  )
  return (
    <p class="visually-hidden" aria-live="polite">
      {/* A new element: the same words a second time are said a second time. */}
      <span key={said.count}>{said.words}</span>
    </p>
  )
}
