import { useEffect, useState } from 'preact/hooks'
import { ParleyError, type Passkey } from '../../../client/index.ts'
// The SDK loads it when it is first used, which is at once.
import '../../../client/passkeys.ts'
import { client } from '../../state/client.ts'
import { passkeyRefusal } from '../../state/passkey-refusals.ts'
import { passkeySupport } from '../../state/passkeys.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { listTime } from '../../ui/time.ts'
import { useAction } from '../../ui/use-action.ts'
import { deviceName } from './device-name.ts'
import { PasskeyNameDialog } from './passkey-name-dialog.tsx'
import { PasswordAgainDialog } from './password-again-dialog.tsx'
import { laterText } from '../../later-text.ts'

/** The passkeys of the account: add one on this device, rename and remove them. */
export function Passkeys() {
  const [passkeys, setPasskeys] = useState<Passkey[]>([])
  const [naming, setNaming] = useState<Passkey | null>(null)
  const [removing, setRemoving] = useState<Passkey | null>(null)
  const [needsPassword, setNeedsPassword] = useState(false)
  const { busy, error, setError, run } = useAction()
  const words = laterText.passkeys
  const support = passkeySupport()

  const load = async () => setPasskeys(await client.account.passkeys())
  useEffect(() => void run(load), [])

  const add = () =>
    run(async () => {
      try {
        if (await client.account.addPasskey(deviceName(navigator.userAgent))) await load()
      } catch (caught) {
        const isStale = caught instanceof ParleyError && caught.reason === 'SESSION_NOT_FRESH'
        if (isStale) return setNeedsPassword(true)
        const refusal = passkeyRefusal(caught)
        if (refusal === null) throw caught
        setError(refusal)
      }
    })
  const nameOf = ({ name }: Passkey) => name ?? words.title

  return (
    <section aria-labelledby="settings-passkeys">
      <h2 id="settings-passkeys">{words.title}</h2>
      <p class="settings-hint">{support === 'yes' ? words.hint : words[support]}</p>
      <ul class="devices" aria-labelledby="settings-passkeys">
        {passkeys.map((passkey) => (
          <li key={passkey.id} class="person-row">
            <span class="person-text">
              <span class="person-name" dir="auto">
                {nameOf(passkey)}
              </span>
              <span class="person-handle">{words.added(listTime(passkey.createdAt))}</span>
            </span>
            <button
              type="button"
              class="button"
              aria-label={words.renameOf(nameOf(passkey))}
              onClick={() => setNaming(passkey)}
            >
              {words.rename}
            </button>
            <button
              type="button"
              class="button"
              aria-label={words.removeOf(nameOf(passkey))}
              onClick={() => setRemoving(passkey)}
            >
              {words.remove}
            </button>
          </li>
        ))}
      </ul>
      <ErrorLine error={error} />
      {support === 'yes' && (
        <button type="button" class="button" disabled={busy} onClick={() => void add()}>
          {words.add}
        </button>
      )}
      {naming !== null && (
        <PasskeyNameDialog passkey={naming} onDone={load} onClose={() => setNaming(null)} />
      )}
      {removing !== null && (
        <ConfirmDialog
          title={words.removeTitle(nameOf(removing))}
          body={words.removeBody}
          confirm={words.removeConfirm}
          action={async () => {
            await client.account.removePasskey(removing.id)
            await load()
          }}
          onClose={() => setRemoving(null)}
        />
      )}
      {needsPassword && (
        <PasswordAgainDialog onDone={add} onClose={() => setNeedsPassword(false)} />
      )}
    </section>
  )
}
