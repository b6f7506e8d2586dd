import type { Outgoing } from '../../../client/index.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { MoreIcon } from '../../ui/icons.tsx'
import { clockTime, fullTime, isoTime } from '../../ui/time.ts'
import { MessageTicks } from './message-ticks.tsx'
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
    <article
      class={failed ? 'message message-failed' : 'message'}
      aria-label={name}
      tabIndex={-1}
      data-message={stored?.messageId}
    >
      <div class="message-row">
        <time class="message-time" dateTime={isoTime(entry.at)} title={fullTime(entry.at)}>
          {clockTime(entry.at)}
        </time>
        {stored !== null && !isDeleted && (
          <button
            type="button"
            class="icon-button message-more"
            aria-label={words.actions}
            aria-haspopup="menu"
            // Arrows lead to the message and Enter opens its menu; a stop for each would be a long way.
            tabIndex={-1}
            data-anchor
          >
            <MoreIcon />
          </button>
        )}
        <p class={isDeleted ? 'bubble bubble-deleted' : 'bubble'} dir="auto">
          <span>{isDeleted ? words.deleted : entry.text}</span>
          {stored !== null && stored.editedAt !== null && !isDeleted && (
            <span class="bubble-edited"> {words.edited}</span>
          )}
        </p>
        {isOwn && (
          <span class="message-state">
            <MessageTicks message={stored} failed={failed} />
          </span>
        )}
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
