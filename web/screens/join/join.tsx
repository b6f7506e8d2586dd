import { useEffect, useState } from 'preact/hooks'
import { ParleyError } from '../../../client/index.ts'
import type { Channel } from '../../../protocol/objects.ts'
import { channelPath, navigate } from '../../router.ts'
import { channelNow } from '../../state/chats.ts'
import { client } from '../../state/client.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { ChannelAvatar } from '../../ui/channel-avatar.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { useAction } from '../../ui/use-action.ts'

/** Where an invite link leads: the group as it looks from outside, and the way in. */
export function Join({ code }: { code: string }) {
  const [door, setDoor] = useState<Channel | null>(null)
  const [isGone, setGone] = useState(false)
  const { busy, error, run } = useAction()
  const words = laterText.join

  /** A link that does not work is no fault of the page: it is said in words of its own. */
  const ask = (action: () => Promise<void>) =>
    run(async () => {
      try {
        await action()
      } catch (caught) {
        if (!(caught instanceof ParleyError) || caught.code !== 'not_found') throw caught
        setGone(true)
      }
    })

  useEffect(() => void ask(async () => setDoor(await client.invites.look(code))), [code])

  async function join() {
    const { channelId } = await client.invites.join(code)
    navigate(channelPath(channelId), true)
  }

  return (
    <section class="content join" aria-label={words.title}>
      {(isGone || door === null) && <h1>{words.title}</h1>}
      {isGone && <p role="alert">{words.gone}</p>}
      <ErrorLine error={error} />
      {door !== null && !isGone && (
        <>
          <ChannelAvatar channel={door} size={72} />
          <h1 dir="auto">{door.title}</h1>
          <p class="details-sub">{text.conversation.members(door.memberCount)}</p>
          <Way channelId={door.channelId} busy={busy} onJoin={() => void ask(join)} />
        </>
      )}
    </section>
  )
}

interface WayProps {
  channelId: string
  busy: boolean
  onJoin: () => void
}

function Way({ channelId, busy, onJoin }: WayProps) {
  const known = channelNow(channelId)
  const isIn = known !== null && known.leftAt === null
  return (
    <button
      type="button"
      class="button button-primary"
      disabled={busy}
      onClick={() => (isIn ? navigate(channelPath(channelId), true) : onJoin())}
    >
      {isIn ? laterText.join.open : laterText.join.join}
    </button>
  )
}
