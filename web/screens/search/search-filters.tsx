import { useId } from 'preact/hooks'
import type { Member } from '../../../protocol/objects.ts'
import { text } from '../../text.ts'
import { Field } from '../../ui/field.tsx'
import { isSelf } from '../../ui/names.ts'
import { dateOf } from '../../ui/time.ts'

/** What narrows a search down; empty is everyone, and any time. */
export interface Filters {
  userId: string
  /** A day as an input of dates has it, that day included. */
  since: string
  until: string
}

export const NO_FILTERS: Filters = { userId: '', since: '', until: '' }

interface Props {
  filters: Filters
  people: readonly Member[]
  onFilters: (filters: Filters) => void
}

/** Who wrote it, and when. */
export function SearchFilters({ filters, people, onFilters }: Props) {
  const id = useId()
  const words = text.search
  const today = dateOf(Date.now())
  const isSet = Object.values(filters).some((value) => value !== '')

  return (
    <details class="search-filters">
      <summary>{isSet ? words.filtersSet : words.filters}</summary>
      <div class="field">
        <label for={id}>{words.sender}</label>
        <div class="field-box">
          <select
            id={id}
            value={filters.userId}
            onChange={(event) => onFilters({ ...filters, userId: event.currentTarget.value })}
          >
            <option value="">{words.anyone}</option>
            {people.map(({ userId, name, handle }) => (
              <option key={userId} value={userId}>
                {isSelf(userId) ? text.chats.you : name}
                {handle === null ? '' : ` (@${handle})`}
              </option>
            ))}
          </select>
        </div>
      </div>
      <div class="search-days">
        <Field
          label={words.since}
          type="date"
          value={filters.since}
          max={filters.until || today}
          onValue={(since) => onFilters({ ...filters, since })}
        />
        <Field
          label={words.until}
          type="date"
          value={filters.until}
          min={filters.since}
          max={today}
          onValue={(until) => onFilters({ ...filters, until })}
        />
      </div>
      {isSet && (
        <button type="button" class="text-button" onClick={() => onFilters(NO_FILTERS)}>
          {words.clearFilters}
        </button>
      )}
    </details>
  )
}
