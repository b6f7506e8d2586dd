import { useEffect, useRef, useState } from 'preact/hooks'
import { MAX_QUERY_LENGTH } from '../../../protocol/limits.ts'
import { channelNow } from '../../state/chats.ts'
import { closeSearch, openSearch } from '../../state/search.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { CloseIcon } from '../../ui/icons.tsx'
import { channelName } from '../../ui/names.ts'
import { HitRow } from './hit-row.tsx'
import { useHits } from './use-hits.ts'

/** Finds messages by their words, in one chat or in all; before anything is typed, mentions of oneself. */
export function SearchPanel({ channelId }: { channelId: string | null }) {
  const [typed, setTyped] = useState('')
  const { hits, next, error, isMentions, more } = useHits(typed, channelId)
  const field = useRef<HTMLInputElement>(null)
  const channel = channelId === null ? null : channelNow(channelId)
  const words = text.search

  useEffect(() => field.current?.focus(), [channelId])

  return (
    <section
      class="search"
      aria-label={words.open}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.isComposing) return
        event.preventDefault()
        closeSearch()
      }}
    >
      <div class="search-box field-box" role="search">
        <input
          ref={field}
          type="text"
          inputmode="search"
          enterkeyhint="search"
          autocomplete="off"
          aria-label={words.field}
          placeholder={words.field}
          dir="auto"
          maxLength={MAX_QUERY_LENGTH}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button type="button" class="icon-button" aria-label={words.close} onClick={closeSearch}>
          <CloseIcon />
        </button>
      </div>
      {channel !== null && (
        <p class="search-scope">
          <span dir="auto">{words.inChat(channelName(channel))}</span>
          <button type="button" class="text-button" onClick={() => openSearch(null)}>
            {words.everywhere}
          </button>
        </p>
      )}
      <ErrorLine error={error} />
      {isMentions && <h2 class="search-title">{words.mentions}</h2>}
      <ul class="search-hits" aria-label={isMentions ? words.mentions : words.results}>
        {(hits ?? []).map((hit) => (
          <li key={`${hit.message.channelId} ${hit.message.messageId}`}>
            <HitRow hit={hit} />
          </li>
        ))}
      </ul>
      <p class="search-note" role="status">
        {hits?.length === 0 && next === null && (isMentions ? words.noMentions : words.none)}
      </p>
      {next !== null && (
        <button type="button" class="button search-more" onClick={more}>
          {words.more}
        </button>
      )}
    </section>
  )
}
