import { useId } from 'preact/hooks'
import type { Settings } from '../../../protocol/objects.ts'
import { laterText } from '../../later-text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { useAction } from '../../ui/use-action.ts'
import { Choice } from './choice.tsx'
import type { SettingsNow } from './use-settings.ts'

const PRESENCE: readonly Settings['presence'][] = ['everyone', 'friends', 'nobody']
const ADDED_BY: readonly Settings['addedBy'][] = ['everyone', 'friends']

/** Who sees that one is there and what one reads, and who may add one to groups. A choice counts at once. */
export function Privacy({ settings, loadError, change: save }: SettingsNow) {
  const { busy, error, run } = useAction()
  const words = laterText.settings
  const change = (wanted: Partial<Settings>) => void run(() => save(wanted))

  return (
    <section aria-labelledby="settings-privacy">
      <h2 id="settings-privacy">{words.privacy}</h2>
      <ErrorLine error={error ?? loadError} />
      {settings !== null && (
        <div class="choices">
          <Choice
            label={words.presence}
            hint={words.presenceHint}
            value={settings.presence}
            options={PRESENCE}
            names={words.presenceOptions}
            disabled={busy}
            onChoose={(presence) => change({ presence })}
          />
          <Choice
            label={words.addedBy}
            value={settings.addedBy}
            options={ADDED_BY}
            names={words.addedByOptions}
            disabled={busy}
            onChoose={(addedBy) => change({ addedBy })}
          />
          <Receipts
            on={settings.receipts}
            disabled={busy}
            onChange={(receipts) => change({ receipts })}
          />
        </div>
      )}
    </section>
  )
}

interface ReceiptsProps {
  on: boolean
  disabled: boolean
  onChange: (on: boolean) => void
}

function Receipts({ on, disabled, onChange }: ReceiptsProps) {
  const id = useId()
  return (
    <div class="field">
      <label class="check">
        <input
          type="checkbox"
          checked={on}
          disabled={disabled}
          aria-describedby={id}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        {laterText.settings.receipts}
      </label>
      <p id={id} class="note">
        {laterText.settings.receiptsHint}
      </p>
    </div>
  )
}
