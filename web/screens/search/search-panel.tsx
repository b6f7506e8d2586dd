import { useEffect, useRef, useState } from 'preact/hooks'
import type { Search } from '../../../client/search-calls.ts'
import { MAX_QUERY_LENGTH } from '../../../protocol/limits.ts'
import { channelNow } from '../../state/chats.ts'
import { peopleIn } from '../../state/members.ts'
import { closeSearch, openSearch } from '../../state/search.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { CloseIcon } from '../../ui/icons.tsx'
import { channelName } from '../../ui/names.ts'
import { startOfDate } from '../../ui/time.ts'
import { HitRow } from './hit-row.tsx'
import { NO_FILTERS, SearchFilters, type Filters } from './search-filters.tsx'
import { useHits } from './use-hits.ts'

/** Finds messages by their words, in one chat or in all; before anything is typed, mentions of oneself. */
export function SearchPanel({ channelId }: { channelId: string | null }) {
  const [typed, setTyped] = useState('')
  const [filters, setFilters] = useState(NO_FILTERS)
  const { hits, next, error, isMentions, more } = useHits(searchFor(typed, channelId, filters))
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
      <SearchFilters filters={filters} people={peopleIn(channelId)} onFilters={setFilters} />
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

function searchFor(typed: string, channelId: string | null, filters: Filters): Search {
  const since = startOfDate(filters.since)
  // That day included: up to where the next one begins.
  const until = startOfDate(filters.until, 1)
  return {
    q: typed.trim(),
    ...(channelId === null ? {} : { channelId }),
    ...(filters.userId === '' ? {} : { userId: filters.userId }),
    ...(since === null ? {} : { since }),
    ...(until === null ? {} : { until }),
  }
}
