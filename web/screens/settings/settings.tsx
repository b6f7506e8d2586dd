import { back } from '../../router.ts'
import { logOut, me } from '../../state/session.ts'
import { laterText } from '../../later-text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { BackIcon, LeaveIcon } from '../../ui/icons.tsx'
import { useAction } from '../../ui/use-action.ts'
import { ShortcutList } from '../keyboard/shortcut-list.tsx'
import { Appearance } from './appearance.tsx'
import { ChangePassword } from './change-password.tsx'
import { DeleteAccount } from './delete-account.tsx'
import { Devices } from './devices.tsx'
import { EditProfile } from './edit-profile.tsx'
import { Notifications } from './notifications.tsx'
import { Passkeys } from './passkeys.tsx'
import { Privacy } from './privacy.tsx'
import { StorageUsed } from './storage.tsx'
import { useSettings } from './use-settings.ts'

export function Settings() {
  const { busy, error, run } = useAction()
  const decided = useSettings()
  const words = laterText.settings
  const person = me()

  return (
    <section class="content" aria-labelledby="settings-title">
      <header class="conversation-head">
        <button
          type="button"
          class="icon-button only-narrow"
          aria-label={words.back}
          onClick={() => back('/')}
        >
          <BackIcon />
        </button>
        <h1 id="settings-title">{words.title}</h1>
      </header>
      <div class="settings">
        {person !== null && <EditProfile key={person.userId} me={person} />}
        <Appearance />
        <Notifications {...decided} />
        <Privacy {...decided} />
        <Devices />
        <Passkeys />
        <ChangePassword />
        <StorageUsed />
        <section aria-labelledby="settings-keyboard">
          <h2 id="settings-keyboard">{laterText.keyboard.title}</h2>
          <ShortcutList />
        </section>
        <DeleteAccount />
        <section>
          <ErrorLine error={error} />
          <button
            type="button"
            class="row-button row-button-danger"
            disabled={busy}
            onClick={() => void run(logOut)}
          >
            <LeaveIcon />
            {words.logOut}
          </button>
        </section>
      </div>
    </section>
  )
}
