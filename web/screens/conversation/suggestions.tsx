import { text } from '../../text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { PeopleIcon } from '../../ui/icons.tsx'
import type { Suggestion } from './completions.ts'

interface Props {
  id: string
  suggestions: readonly Suggestion[]
  chosen: number
  onTake: (suggestion: Suggestion) => void
}

/** Whom a message could mention, over the field it is written in. */
export function Suggestions({ id, suggestions, chosen, onTake }: Props) {
  return (
    <ul id={id} class="suggestions" role="listbox" aria-label={text.conversation.mention}>
      {suggestions.map((suggestion, index) => (
        <li
          key={suggestion.handle}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          // The field keeps the focus.
          onMouseDown={(event) => {
            event.preventDefault()
            onTake(suggestion)
          }}
        >
          {suggestion.userId === null ? (
            <PeopleIcon />
          ) : (
            <Avatar id={suggestion.userId} name={suggestion.name} size={32} />
          )}
          <span class="person-name" dir="auto">
            {suggestion.name}
          </span>
          <span class="person-handle">@{suggestion.handle}</span>
        </li>
      ))}
    </ul>
  )
}
