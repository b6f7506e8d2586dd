import { useEffect, useState } from 'preact/hooks'
import type { User } from '../../../protocol/objects.ts'
import { back } from '../../router.ts'
import { client } from '../../state/client.ts'
import { presenceNow, relationTo } from '../../state/people.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Face } from '../../ui/face.tsx'
import { BackIcon } from '../../ui/icons.tsx'
import { Link } from '../../ui/link.tsx'
import { isSelf, nameOf } from '../../ui/names.ts'
import { presenceWords } from '../../ui/presence-words.ts'
import { useAction } from '../../ui/use-action.ts'
import { PersonActions } from './person-actions.tsx'

/** Somebody's profile, and what one can do about them. */
export function Person({ userId }: { userId: string }) {
  // As the list has it, until the answer comes.
  const [user, setUser] = useState<User | null>(client.people.contact(userId)?.user ?? null)
  const { error, run } = useAction()
  const words = text.people
  const state = relationTo(userId)

  useEffect(() => void run(async () => setUser(await client.people.profile(userId))), [])

  return (
    <section class="content" aria-labelledby="person-title">
      <header class="conversation-head">
        <button
          type="button"
          class="icon-button"
          aria-label={laterText.settings.back}
          onClick={() => back('/people')}
        >
          <BackIcon />
        </button>
        <h1 id="person-title" class="head-title">
          {words.profile}
        </h1>
      </header>
      <div class="settings">
        <ErrorLine error={error} />
        {user !== null && (
          <section aria-label={nameOf(user)}>
            <div class="profile">
              <Face {...user} size={72} />
              <div>
                <p class="profile-name" dir="auto">
                  {nameOf(user)}
                </p>
                <p class="profile-handle">{user.handle !== null && `@${user.handle}`}</p>
                <p class="profile-handle">{presenceWords(presenceNow(userId))}</p>
              </div>
            </div>
            {user.bio !== null && (
              <p class="profile-bio" dir="auto">
                {user.bio}
              </p>
            )}
            {state !== 'none' && <p class="settings-hint">{words.states[state]}</p>}
            {isSelf(userId) ? (
              <p class="profile-edit">
                <Link href="/settings">{words.editOwn}</Link>
              </p>
            ) : (
              user.handle !== null && <PersonActions user={user} />
            )}
          </section>
        )}
      </div>
    </section>
  )
}
