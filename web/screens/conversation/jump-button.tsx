import { text } from '../../text.ts'
import { ArrowDownIcon } from '../../ui/icons.tsx'

interface Props {
  /** New messages below. */
  count: number
  onClick: () => void
}

export function JumpButton({ count, onClick }: Props) {
  return (
    <button type="button" class="jump" onClick={onClick}>
      <ArrowDownIcon />
      {text.conversation.jump}
      {count > 0 && (
        <span class="badge" role="img" aria-label={text.conversation.jumpCount(count)}>
          {count}
        </span>
      )}
    </button>
  )
}
