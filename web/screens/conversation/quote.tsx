import { messagePath, navigate } from '../../router.ts'
import { text } from '../../text.ts'
import { personName } from '../../ui/names.ts'
import { quotedLine, useQuoted } from './use-quoted.ts'

interface Props {
  channelId: string
  messageId: number
}

/** What a message replies to, in its bubble; a click leads there. */
export function Quote({ channelId, messageId }: Props) {
  const quoted = useQuoted(channelId, messageId)
  const words = text.conversation
  const name = quoted === null ? '' : personName(quoted.userId)
  return (
    <button
      type="button"
      class="quote"
      onClick={(event) => {
        const log = event.currentTarget.closest('[role=log]')
        const article = log?.querySelector<HTMLElement>(`[data-message="${messageId}"]`) ?? null
        if (article === null) navigate(messagePath(channelId, messageId))
        else show(article)
      }}
    >
      <span class="visually-hidden">{words.goToQuoted}: </span>
      <span class="quote-name" dir="auto">
        {name || words.quoted}
      </span>
      <span class="quote-line" dir="auto">
        {quotedLine(quoted)}
      </span>
    </button>
  )
}

/** Brings a message that is on the page into sight, and marks it as one that was looked for. */
function show(article: HTMLElement): void {
  for (const other of document.querySelectorAll<HTMLElement>('[data-found]')) {
    delete other.dataset['found']
  }
  article.dataset['found'] = ''
  article.scrollIntoView({ block: 'center' })
  article.focus({ preventScroll: true })
}
