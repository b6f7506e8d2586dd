import type { Outgoing } from '../../../client/index.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { MoreIcon } from '../../ui/icons.tsx'
import { clockTime, fullTime, isoTime } from '../../ui/time.ts'
import { MessageText } from './message-text.tsx'
import { MessageTicks } from './message-ticks.tsx'
import { Quote } from './quote.tsx'
import { Reactions } from './reactions.tsx'
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
  const { channelId, replyTo } = isDeleted ? { ...stored, replyTo: null } : written(entry)
  const outgoing = 'outgoing' in entry ? entry.outgoing : null
  const failed = outgoing?.state === 'failed'

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
          {replyTo !== null && <Quote channelId={channelId} messageId={replyTo} />}
          {isDeleted && <span>{words.deleted}</span>}
          {!isDeleted && <MessageText text={entry.text} mentions={stored?.mentions ?? []} />}
          {stored !== null && stored.editedAt !== null && !isDeleted && (
            <span class="bubble-edited"> {words.edited}</span>
          )}
        </p>
        {isOwn && (
          <span class="message-state">
            <MessageTicks message={stored} outgoing={outgoing} />
          </span>
        )}
      </div>
      {stored !== null && (
        <Reactions message={stored} mayReact={client.channel(channelId)?.leftAt === null} />
      )}
      {failed && <FailedActions outgoing={outgoing} />}
    </article>
  )
}

function written(entry: Entry): Pick<Outgoing, 'channelId' | 'replyTo'> {
  return 'stored' in entry ? entry.stored : entry.outgoing
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
