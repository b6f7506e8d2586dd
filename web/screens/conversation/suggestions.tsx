import { Avatar } from '../../ui/avatar.tsx'
import { PeopleIcon } from '../../ui/icons.tsx'
import type { Suggestion } from './completions.ts'

interface Props {
  id: string
  label: string
  suggestions: readonly Suggestion[]
  chosen: number
  onTake: (suggestion: Suggestion) => void
}

/** What could complete the word that is being typed, over the field it is written in. */
export function Suggestions({ id, label, suggestions, chosen, onTake }: Props) {
  return (
    <ul id={id} class="suggestions" role="listbox" aria-label={label}>
      {suggestions.map((suggestion, index) => (
        <li
          key={suggestion.insert}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          // The field keeps the focus.
          onMouseDown={(event) => {
            event.preventDefault()
            onTake(suggestion)
          }}
        >
          <Picture {...suggestion} />
          <span class="person-name" dir="auto">
            {suggestion.name}
          </span>
          <span class="person-handle">{suggestion.code}</span>
        </li>
      ))}
    </ul>
  )
}

function Picture({ userId, emoji, name }: Suggestion) {
  if (emoji !== null) {
    return (
      <span class="suggested-emoji" aria-hidden="true">
        {emoji}
      </span>
    )
  }
  return userId === null ? <PeopleIcon /> : <Avatar id={userId} name={name} size={32} />
}
