import { relationTo } from '../../state/people.ts'
import { writersIn } from '../../state/typing.ts'
import { text } from '../../text.ts'
import { personName } from '../../ui/names.ts'

/** Who is writing. Its line is always there, so that nothing moves when somebody begins. */
export function WritingLine({ channelId }: { channelId: string }) {
  const [first, second, ...others] = writersIn(channelId)
    .filter((userId) => relationTo(userId) !== 'blocked')
    .map(personName)
  return (
    <p class="writing-line" dir="auto">
      {first !== undefined && text.conversation.writing(first, second, others.length)}
    </p>
  )
}
