import { useEffect } from 'preact/hooks'
import { back, channelPath } from '../../router.ts'
import { channelNow, upToDate } from '../../state/chats.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { channelName } from '../../ui/names.ts'
import { useAction } from '../../ui/use-action.ts'
import { Details } from '../details/details.tsx'
import { Composer } from './composer.tsx'
import { ConversationHead } from './conversation-head.tsx'
import { Timeline } from './timeline.tsx'

interface Props {
  channelId: string
  showsDetails: boolean
}

export function Conversation({ channelId, showsDetails }: Props) {
  const channel = channelNow(channelId)
  const { error, run } = useAction()
  const isReady = upToDate.value

  const load = () => run(async () => void (await client.loadChannel(channelId)))

  // With the members, and as the server sees it now; also the only way to a channel the list lacks.
  useEffect(() => {
    if (isReady && channel?.leftAt == null) void load()
    // What failed for want of a connection is asked for again when there is one.
    return client.on('upToDate', () => {
      if (client.channel(channelId) === null) void load()
    })
  }, [isReady, channelId])

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
            <Timeline channel={channel} />
            {channel.leftAt === null ? (
              <Composer channelId={channelId} />
            ) : (
              <p class="composer-closed">{text.conversation.left}</p>
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
