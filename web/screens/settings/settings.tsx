import { back } from '../../router.ts'
import { logOut, me } from '../../state/session.ts'
import { text } from '../../text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { BackIcon, LeaveIcon } from '../../ui/icons.tsx'
import { useAction } from '../../ui/use-action.ts'
import { ChangePassword } from './change-password.tsx'
import { Devices } from './devices.tsx'

export function Settings() {
  const { busy, error, run } = useAction()
  const words = text.settings
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
        <section aria-labelledby="settings-profile">
          <h2 id="settings-profile">{words.profile}</h2>
          <div class="profile">
            <Avatar id={person?.userId ?? ''} name={person?.name ?? ''} size={72} />
            <div>
              <p class="profile-name" dir="auto">
                {person?.name}
              </p>
              <p class="profile-handle">{person?.handle != null && `@${person.handle}`}</p>
            </div>
          </div>
        </section>
        <Devices />
        <ChangePassword />
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
