import type { Hit } from '../../../protocol/search.ts'
import { messagePath } from '../../router.ts'
import { channelNow } from '../../state/chats.ts'
import { text } from '../../text.ts'
import { Link } from '../../ui/link.tsx'
import { channelName, isSelf, personName } from '../../ui/names.ts'
import { fullTime, isoTime, listTime } from '../../ui/time.ts'

/** A message that was found: where, when, who, and the piece of it that has the words. */
export function HitRow({ hit }: { hit: Hit }) {
  const { channelId, messageId, userId, createdAt } = hit.message
  const channel = channelNow(channelId)
  const name = isSelf(userId) ? text.chats.you : personName(userId)
  return (
    <Link href={messagePath(channelId, messageId)} class="hit">
      <span class="hit-head">
        <span class="hit-chat" dir="auto">
          {channel === null ? '' : channelName(channel)}
        </span>
        <time class="hit-time" dateTime={isoTime(createdAt)} title={fullTime(createdAt)}>
          {listTime(createdAt)}
        </time>
      </span>
      <span class="hit-text" dir="auto">
        <span class="hit-name">{text.search.from(name)}</span>
        <Marked hit={hit} />
      </span>
    </Link>
  )
}

/** The snippet as text alone, its marks in elements of their own. */
function Marked({ hit: { snippet, marks } }: { hit: Hit }) {
  const ends = marks.map(([, end]) => end)
  return (
    <>
      {marks.map(([start, end], index) => (
        <>
          {snippet.slice(ends[index - 1] ?? 0, start)}
          <mark>{snippet.slice(start, end)}</mark>
        </>
      ))}
      {snippet.slice(ends.at(-1) ?? 0)}
    </>
  )
}
