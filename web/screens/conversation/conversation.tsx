import { useEffect, useRef } from 'preact/hooks'
import type { Message } from '../../../protocol/objects.ts'
import { back, channelPath } from '../../router.ts'
import { channelNow, upToDate } from '../../state/chats.ts'
import { client } from '../../state/client.ts'
import { relationTo } from '../../state/people.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { later } from '../../ui/later.tsx'
import { channelName, isSelf, otherIn } from '../../ui/names.ts'
import { useAction } from '../../ui/use-action.ts'
import { WaitingColumn } from '../../ui/waiting.tsx'
import { BlockedBar } from './blocked-bar.tsx'
import { Composer } from './composer.tsx'
import { ConversationHead } from './conversation-head.tsx'
import { EditComposer, forgetEdit } from './edit-composer.tsx'
import { Timeline } from './timeline.tsx'
import { useConversation } from './use-conversation.ts'
import { useDrafted } from './use-drafted.ts'
import { useQuoted } from './use-quoted.ts'

const Details = later(async () => (await import('../details/details.tsx')).Details, WaitingColumn)
const PastTimeline = later(
  async () => (await import('./past-timeline.tsx')).PastTimeline,
  WaitingColumn,
)

interface Props {
  channelId: string
  showsDetails: boolean
  /** The message that was jumped to; without one the chat is read at its end. */
  messageId: number | null
}

export function Conversation({ channelId, showsDetails, messageId }: Props) {
  const channel = channelNow(channelId)
  const { error, run } = useAction()
  const isReady = upToDate.value
  const isMember = channel !== null && channel.leftAt === null
  const conversation = useConversation(channelId, isMember)
  const other = channel?.kind === 'dm' ? otherIn(channel) : null
  const blocked = other !== null && relationTo(other.userId) === 'blocked' ? other : null
  const isGone = other !== null && other.handle === null
  const mayWrite = isMember && blocked === null && !isGone
  const [editedId, setEditedId] = useDrafted(`${channelId}/edited`)
  const [replyTo, setReplyTo] = useDrafted(`${channelId}/replyTo`)
  const edited = useQuoted(channelId, editedId)
  const editing = edited !== null && mayEdit(edited) ? edited : null
  const keepsFocus = useRef(false)
  // Whoever comes back from further up wants to see the end.
  const wasInPast = useRef(false)
  if (messageId !== null) wasInPast.current = true

  const load = () => run(async () => void (await client.loadChannel(channelId)))

  // With the members, and as the server sees it now; also the only way to a channel the list lacks.
  useEffect(() => {
    if (isReady && channel?.leftAt == null) void load()
    // What failed for want of a connection is asked for again when there is one.
    return client.on('upToDate', () => {
      if (client.channel(channelId) === null) void load()
    })
  }, [isReady, channelId])

  function edit(message: Message) {
    keepsFocus.current = true
    forgetEdit(channelId)
    setEditedId(message.messageId)
  }

  function endEdit() {
    forgetEdit(channelId)
    setEditedId(null)
  }

  function reply(message: Message) {
    keepsFocus.current = true
    endEdit()
    setReplyTo(message.messageId)
  }

  function editLast() {
    const last = client.timeline(channelId).latest.findLast(mayEdit)
    if (last !== undefined) edit(last)
  }

  return (
    <>
      <section
        class={showsDetails ? 'content content-behind' : 'content'}
        aria-label={channel === null ? undefined : channelName(channel)}
      >
        <ConversationHead channel={channel} showsDetails={showsDetails} />
        {channel === null ? (
          <div class="content-empty">
            <ErrorLine error={error} />
          </div>
        ) : (
          <>
            {messageId === null ? (
              <Timeline
                channel={channel}
                beginsAtEnd={wasInPast.current}
                onEdit={edit}
                onReply={reply}
              />
            ) : (
              <PastTimeline
                key={messageId}
                channel={channel}
                messageId={messageId}
                onEdit={edit}
                onReply={reply}
              />
            )}
            {!isMember && <p class="composer-closed">{text.conversation.left}</p>}
            {isMember && isGone && <p class="composer-closed">{text.conversation.otherDeleted}</p>}
            {mayWrite && editing !== null && (
              <EditComposer key={editing.messageId} message={editing} onClose={endEdit} />
            )}
            {isMember && blocked !== null && <BlockedBar {...blocked} />}
            {mayWrite && editing === null && (
              <Composer
                key={replyTo}
                channel={channel}
                replyTo={replyTo}
                takesFocus={keepsFocus.current}
                onTyping={() => conversation.current?.typing()}
                onEditLast={editLast}
                onReplied={() => setReplyTo(null)}
              />
            )}
          </>
        )}
      </section>
      {showsDetails && channel !== null && (
        <Details channel={channel} onClose={() => back(channelPath(channelId))} />
      )}
    </>
  )
}

function mayEdit({ userId, kind, deletedAt }: Message): boolean {
  return isSelf(userId) && kind === 'text' && deletedAt === null
}
