import { useState } from 'preact/hooks'
import type { Settings } from '../../../protocol/objects.ts'
import { chats } from '../../state/chats.ts'
import { client } from '../../state/client.ts'
import { pushes, turnPushesOff, turnPushesOn } from '../../state/pushes.ts'
import { laterText } from '../../later-text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { useAction } from '../../ui/use-action.ts'
import { QuietHours } from './quiet-hours.tsx'
import type { SettingsNow } from './use-settings.ts'

/** Whether this device gets pushes, and what one has decided about those of all devices. */
export function Notifications({ settings, loadError, change: save }: SettingsNow) {
  const { busy, error, run } = useAction()
  const words = laterText.settings.notifications
  const change = (wanted: Partial<Settings>) => void run(() => save(wanted))

  return (
    <section aria-labelledby="settings-notifications">
      <h2 id="settings-notifications">{words.title}</h2>
      <ErrorLine error={error ?? loadError} />
      <div class="choices">
        <ThisDevice />
        {settings !== null && (
          <>
            <label class="check">
              <input
                type="checkbox"
                checked={settings.pushPreviews}
                disabled={busy}
                onChange={(event) => change({ pushPreviews: event.currentTarget.checked })}
              />
              {words.previews}
            </label>
            <QuietHours
              quietHours={settings.quietHours}
              disabled={busy}
              onChange={(quietHours) => change({ quietHours })}
            />
          </>
        )}
      </div>
    </section>
  )
}

function ThisDevice() {
  const { busy, error, run } = useAction()
  const [asked, setAsked] = useState(false)
  const words = laterText.settings.notifications
  const state = pushes.value

  async function turnOn() {
    const { userId } = client
    if (userId !== null) await run(() => turnPushesOn(userId))
    setAsked(true)
  }

  switch (state) {
    case 'unsupported':
    case 'install':
    case 'denied':
      return <p class="settings-hint">{words[state]}</p>
    case 'off':
      return (
        <div class="device-pushes">
          <p class="settings-hint">{words.off}</p>
          <button type="button" class="button" disabled={busy} onClick={() => void turnOn()}>
            {words.turnOn}
          </button>
          {asked && error === null && <p class="note">{words.notAllowed}</p>}
          <ErrorLine error={error} />
        </div>
      )
    case 'on':
      return (
        <div class="device-pushes">
          <h3 id="device-pushes">{words.gets}</h3>
          <ul aria-labelledby="device-pushes">
            {whatItGets().map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <p class="note">{words.whenRead}</p>
          <button
            type="button"
            class="button"
            disabled={busy}
            onClick={() => void run(turnPushesOff)}
          >
            {words.turnOff}
          </button>
          <ErrorLine error={error} />
        </div>
      )
  }
}

function whatItGets(): string[] {
  const words = laterText.settings.notifications
  const mine = chats.value.filter(({ leftAt }) => leftAt === null)
  const muted = mine.filter(({ notify }) => notify === 'none').length
  const mentions = mine.filter(({ notify }) => notify === 'mentions').length
  return [
    words.messages,
    ...(mentions > 0 ? [words.mentions(mentions)] : []),
    ...(muted > 0 ? [words.muted(muted)] : []),
  ]
}
