import { useState } from 'preact/hooks'
import type { QuietHours as Hours } from '../../../protocol/objects.ts'
import { laterText } from '../../later-text.ts'

const USUAL = { from: '22:00', to: '07:00' }

interface Props {
  quietHours: Hours | null
  disabled: boolean
  onChange: (quietHours: Hours | null) => void
}

/** When no push comes, by the clock of the place where it was set. */
export function QuietHours({ quietHours, disabled, onChange }: Props) {
  const [same, setSame] = useState(false)
  const words = laterText.settings.notifications
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone

  function set(part: Partial<Hours>) {
    const wanted = { ...USUAL, ...quietHours, ...part, timeZone }
    // A field that somebody has emptied says nothing yet.
    if (wanted.from === '' || wanted.to === '') return
    setSame(wanted.from === wanted.to)
    if (wanted.from !== wanted.to) onChange(wanted)
  }

  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={quietHours !== null}
          disabled={disabled}
          onChange={(event) => (event.currentTarget.checked ? set({}) : onChange(null))}
        />
        {words.quiet}
      </label>
      {quietHours !== null && (
        <div class="quiet-hours" role="group" aria-label={words.quiet}>
          <Time label={words.from} value={quietHours.from} onSet={(from) => set({ from })} />
          <Time label={words.to} value={quietHours.to} onSet={(to) => set({ to })} />
          <p class="note">{same ? words.sameTimes : words.inZone(quietHours.timeZone)}</p>
        </div>
      )}
    </>
  )
}

function Time({
  label,
  value,
  onSet,
}: {
  label: string
  value: string
  onSet(time: string): void
}) {
  return (
    <label class="field">
      {label}
      <span class="field-box">
        <input
          type="time"
          value={value}
          onChange={(event) => onSet(event.currentTarget.value.slice(0, 5))}
        />
      </span>
    </label>
  )
}
