import { useId, useState } from 'preact/hooks'
import { MAX_QUERY_LENGTH } from '../../../protocol/limits.ts'
import { navigate } from '../../router.ts'
import { laterText } from '../../later-text.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { useEntries } from './use-entries.ts'

/** Type, choose with the arrows, Enter: and one is with a person, in a group or at a message. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const listId = useId()
  const entries = useEntries(typed)
  const chosen = Math.min(at, entries.length - 1)
  const words = laterText.keyboard

  function go(path: string | undefined) {
    if (path === undefined) return
    onClose()
    navigate(path)
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && entries.length > 0) {
      setAt((chosen + step + entries.length) % entries.length)
    } else if (event.key === 'Enter') go(entries[chosen]?.path)
    else return
    event.preventDefault()
  }

  return (
    <Dialog title={words.palette} onClose={onClose}>
      <div class="field-box">
        <input
          type="text"
          role="combobox"
          aria-expanded={entries.length > 0}
          aria-controls={listId}
          aria-activedescendant={chosen < 0 ? undefined : `${listId}-${chosen}`}
          aria-autocomplete="list"
          aria-label={words.palette}
          placeholder={words.placeholder}
          autocomplete="off"
          dir="auto"
          maxLength={MAX_QUERY_LENGTH}
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul id={listId} class="palette" role="listbox" aria-label={words.palette}>
        {entries.map(({ path, name, line }, index) => (
          <li
            key={path}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onClick={() => go(path)}
          >
            <span class="palette-name" dir="auto">
              {name}
            </span>
            <span class="palette-line" dir="auto">
              {line}
            </span>
          </li>
        ))}
      </ul>
      <p class="note" role="status">
        {entries.length === 0 ? words.nothing : words.found(entries.length)}
      </p>
    </Dialog>
  )
}
