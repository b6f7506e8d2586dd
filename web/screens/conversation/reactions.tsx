import type { Message } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { isSelf, personName } from '../../ui/names.ts'
import { useAction } from '../../ui/use-action.ts'

/** Names in a tooltip; the rest is a number. */
const NAMES_SHOWN = 10

/** The reactions to a message; a click adds one's own to them, or takes it back. */
export function Reactions({ message, mayReact }: { message: Message; mayReact: boolean }) {
  const { error, run } = useAction()
  const { channelId, messageId } = message
  const reactions = Object.entries(message.reactions)
  if (reactions.length === 0) return null

  function toggle(emoji: string, isMine: boolean) {
    void run(async () => {
      if (isMine) await client.unreact(channelId, messageId, emoji)
      else await client.react(channelId, messageId, emoji)
    })
  }

  return (
    <div class="reactions">
      <ul aria-label={text.conversation.reactions}>
        {reactions.map(([emoji, people]) => {
          const isMine = people.some(isSelf)
          return (
            <li key={emoji}>
              <button
                type="button"
                class="reaction"
                aria-pressed={isMine}
                aria-label={text.conversation.reaction(emoji, people.length)}
                title={whoReacted(people)}
                disabled={!mayReact}
                onClick={() => toggle(emoji, isMine)}
              >
                <span aria-hidden="true">{emoji}</span> {people.length}
              </button>
            </li>
          )
        })}
      </ul>
      <ErrorLine error={error} />
    </div>
  )
}

function whoReacted(people: readonly string[]): string {
  const names = people
    .slice(0, NAMES_SHOWN)
    .map((userId) => (isSelf(userId) ? text.chats.you : personName(userId)))
  const others = people.length - names.length
  return others > 0 ? text.conversation.andOthers(names.join(', '), others) : names.join(', ')
}
