import type { Outgoing } from '../../../client/index.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { AlertIcon, ClockIcon, TickIcon } from '../../ui/icons.tsx'
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
        <time class="message-time" dateTime={isoTime(entry.at)} title={fullTime(entry.at)}>
          {clockTime(entry.at)}
        </time>
        <p class={isDeleted ? 'bubble bubble-deleted' : 'bubble'} dir="auto">
          {isDeleted ? words.deleted : entry.text}
          {stored !== null && stored.editedAt !== null && !isDeleted && (
            <span class="bubble-edited"> {words.edited}</span>
          )}
        </p>
        {isOwn && (
          <span class="message-state">
            <State isStored={stored !== null} isFailed={failed} />
          </span>
        )}
      </div>
      {failed && <FailedActions outgoing={entry.outgoing} />}
    </article>
  )
}

function State({ isStored, isFailed }: { isStored: boolean; isFailed: boolean }) {
  const words = text.conversation
  if (isFailed) return <AlertIcon label={words.failed} />
  return isStored ? <TickIcon label={words.sent} /> : <ClockIcon label={words.sending} />
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
