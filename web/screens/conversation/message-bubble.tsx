import type { Outgoing } from '../../../client/index.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { ClockIcon, TickIcon } from '../../ui/icons.tsx'
import { clockTime, fullTime, isoTime } from '../../ui/time.ts'
import type { Entry } from './timeline-items.ts'

interface Props {
  entry: Entry
  name: string
  isOwn: boolean
}

export function MessageBubble({ entry, name, isOwn }: Props) {
  const words = text.conversation
  const stored = 'stored' in entry ? entry.stored : null
  const isDeleted = stored !== null && stored.deletedAt !== null
  const failed = 'outgoing' in entry && entry.outgoing.state === 'failed'

  return (
    <article class={failed ? 'message message-failed' : 'message'} aria-label={name}>
      <div class="message-row">
        <div class="message-meta">
          <time class="message-time" dateTime={isoTime(entry.at)} title={fullTime(entry.at)}>
            {clockTime(entry.at)}
          </time>
          {isOwn && !failed && (
            <span class="message-state">
              {stored === null ? (
                <ClockIcon label={words.sending} />
              ) : (
                <TickIcon label={words.sent} />
              )}
            </span>
          )}
        </div>
        <p class={isDeleted ? 'bubble bubble-deleted' : 'bubble'} dir="auto">
          {isDeleted ? words.deleted : entry.text}
          {stored !== null && stored.editedAt !== null && !isDeleted && (
            <span class="bubble-edited"> {words.edited}</span>
          )}
        </p>
      </div>
      {failed && <FailedActions outgoing={entry.outgoing} />}
    </article>
  )
}

/** Why a message was refused, and the two ways on. */
function FailedActions({ outgoing }: { outgoing: Outgoing }) {
  const { clientId, error } = outgoing
  const words = text.conversation
  return (
    <p class="failed-actions" role="alert">
      <span>
        {words.notSent} {error !== null && text.errors[error.code]}
      </span>
      <button type="button" class="text-button" onClick={() => client.retry(clientId)}>
        {words.tryAgain}
      </button>
      <button type="button" class="text-button" onClick={() => client.discard(clientId)}>
        {words.discard}
      </button>
    </p>
  )
}
