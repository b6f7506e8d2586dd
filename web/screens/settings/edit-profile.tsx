import { useState } from 'preact/hooks'
import type { PatchMe } from '../../../protocol/http.ts'
import {
  MAX_BIO_LENGTH,
  MAX_HANDLE_LENGTH,
  MAX_IMAGE_URL_LENGTH,
  MAX_NAME_LENGTH,
} from '../../../protocol/limits.ts'
import type { User } from '../../../protocol/objects.ts'
import { changeMe } from '../../state/session.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Face } from '../../ui/face.tsx'
import { Field } from '../../ui/field.tsx'
import { useAction } from '../../ui/use-action.ts'
import { bioProblem, handleProblem, imageProblem, nameProblem } from '../account/check-fields.ts'

/** One's own profile, as others see it, and a form to change it. */
export function EditProfile({ me }: { me: User }) {
  // Only what was changed here: the profile itself may change meanwhile.
  const [edits, setEdits] = useState<Partial<Draft>>({})
  const [done, setDone] = useState(false)
  const { busy, error, run } = useAction()
  const words = laterText.settings
  const { name, handle, bio, image } = { ...draftOf(me), ...edits }
  const edit = (change: Partial<Draft>) => setEdits({ ...edits, ...change })
  const problems = {
    name: nameProblem(name),
    handle: handleProblem(handle),
    bio: bioProblem(bio),
    image: imageProblem(image),
  }
  const change = changeOf(me, { name: name.trim(), handle, bio: bio.trim(), image: image.trim() })
  const isReady =
    Object.keys(change).length > 0 && Object.values(problems).every((problem) => problem === null)

  function submit(event: Event) {
    event.preventDefault()
    setDone(false)
    if (!isReady) return
    void run(async () => {
      await changeMe(change)
      setEdits({})
      setDone(true)
    })
  }

  return (
    <section aria-labelledby="settings-profile">
      <h2 id="settings-profile">{words.profile}</h2>
      <div class="profile">
        <Face {...me} size={72} />
        <div>
          <p class="profile-name" dir="auto">
            {me.name}
          </p>
          <p class="profile-handle">{me.handle !== null && `@${me.handle}`}</p>
        </div>
      </div>
      <form onSubmit={submit} noValidate>
        <Field
          label={text.account.name}
          value={name}
          onValue={(value) => edit({ name: value })}
          error={problems.name}
          autocomplete="name"
          maxLength={MAX_NAME_LENGTH}
        />
        <Field
          label={text.account.handle}
          value={handle}
          onValue={(value) => edit({ handle: value.toLowerCase().replace(/^@/, '') })}
          hint={text.account.handleHint}
          error={problems.handle}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={MAX_HANDLE_LENGTH}
        />
        <div class="field">
          <label for="profile-bio">{words.bio}</label>
          <div class="field-box">
            <textarea
              id="profile-bio"
              rows={3}
              value={bio}
              maxLength={MAX_BIO_LENGTH}
              onInput={(event) => edit({ bio: event.currentTarget.value })}
              aria-invalid={problems.bio === null ? undefined : 'true'}
              aria-describedby="profile-bio-note"
            />
          </div>
          <p id="profile-bio-note" class={problems.bio === null ? 'note' : 'note note-error'}>
            {problems.bio ?? words.bioHint}
          </p>
        </div>
        <Field
          label={words.image}
          value={image}
          onValue={(value) => edit({ image: value })}
          hint={words.imageHint}
          error={problems.image}
          autocomplete="off"
          spellcheck={false}
          maxLength={MAX_IMAGE_URL_LENGTH}
        />
        <ErrorLine error={error} />
        {done && !isReady && <p role="status">{words.profileSaved}</p>}
        <button type="submit" class="button" disabled={busy || !isReady}>
          {words.saveProfile}
        </button>
      </form>
    </section>
  )
}

interface Draft {
  name: string
  handle: string
  bio: string
  image: string
}

function draftOf({ name, handle, bio, image }: User): Draft {
  return { name, handle: handle ?? '', bio: bio ?? '', image: image ?? '' }
}

/** What differs from the profile as it is. */
function changeOf(me: User, draft: Draft): PatchMe {
  const before = draftOf(me)
  const change: PatchMe = {}
  if (draft.name !== before.name) change.name = draft.name
  if (draft.handle !== before.handle) change.handle = draft.handle
  if (draft.bio !== before.bio) change.bio = draft.bio || null
  if (draft.image !== before.image) change.image = draft.image || null
  return change
}
