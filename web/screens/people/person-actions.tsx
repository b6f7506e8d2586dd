import { useState } from 'preact/hooks'
import type { User } from '../../../protocol/objects.ts'
import { channelPath, navigate } from '../../router.ts'
import { client } from '../../state/client.ts'
import { relationTo } from '../../state/people.ts'
import { text } from '../../text.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { useAction } from '../../ui/use-action.ts'

interface Props {
  user: User
  /** Only what the state asks for, as in a list. */
  short?: boolean
}

/** What one can do about somebody, by what they are to one. */
export function PersonActions({ user, short = false }: Props) {
  const { userId, name } = user
  const { busy, error, run } = useAction()
  const [asking, setAsking] = useState<'remove' | 'block' | null>(null)
  const words = text.people
  const state = relationTo(userId)
  const act = (deed: () => Promise<unknown>) => () => void run(async () => void (await deed()))
  const { people } = client

  return (
    <div class="person-actions">
      {!short && state !== 'blocked' && (
        <Deed
          label={words.message}
          primary
          busy={busy}
          onClick={act(async () => {
            const { channelId } = await client.openDm(userId)
            navigate(channelPath(channelId))
          })}
        />
      )}
      {state === 'none' && (
        <Deed label={words.ask} busy={busy} onClick={act(() => people.ask(userId))} />
      )}
      {state === 'incoming' && (
        <>
          <Deed
            label={words.accept}
            primary={short}
            busy={busy}
            onClick={act(() => people.accept(userId))}
          />
          <Deed label={words.decline} busy={busy} onClick={act(() => people.decline(userId))} />
        </>
      )}
      {state === 'requested' && (
        <Deed label={words.takeBack} busy={busy} onClick={act(() => people.remove(userId))} />
      )}
      {state === 'blocked' && (
        <Deed label={words.unblock} busy={busy} onClick={act(() => people.unblock(userId))} />
      )}
      {!short && state === 'friend' && (
        <Deed label={words.remove} busy={busy} onClick={() => setAsking('remove')} />
      )}
      {!short && state !== 'blocked' && (
        <Deed label={words.block} danger busy={busy} onClick={() => setAsking('block')} />
      )}
      <ErrorLine error={error} />
      {asking === 'remove' && (
        <ConfirmDialog
          title={words.removeTitle(name)}
          body={words.removeBody(name)}
          confirm={words.removeConfirm}
          action={async () => void (await people.remove(userId))}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'block' && (
        <ConfirmDialog
          title={words.blockTitle(name)}
          body={words.blockBody(name)}
          confirm={words.blockConfirm(name)}
          action={async () => void (await people.block(userId))}
          onClose={() => setAsking(null)}
        />
      )}
    </div>
  )
}

interface DeedProps {
  label: string
  busy: boolean
  primary?: boolean
  danger?: boolean
  onClick: () => void
}

function Deed({ label, busy, primary = false, danger = false, onClick }: DeedProps) {
  const look = primary ? 'button button-primary' : danger ? 'button button-danger' : 'button'
  return (
    <button type="button" class={look} disabled={busy} onClick={onClick}>
      {label}
    </button>
  )
}
