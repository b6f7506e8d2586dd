import { useEffect, useRef } from 'preact/hooks'
import { client } from '../../state/client.ts'
import { passkeyRefusal } from '../../state/passkey-refusals.ts'
import { canAutofill, passkeySupport } from '../../state/passkeys.ts'
import { enter } from '../../state/session.ts'
import { laterText } from '../../later-text.ts'

interface Props {
  busy: boolean
  run: (action: () => Promise<void>) => Promise<void>
  setError: (error: string) => void
}

/** A button, where the browser can; and passkeys among what it offers to fill into the form. */
export function PasskeyLogIn({ busy, run, setError }: Props) {
  const offering = useRef<AbortController | null>(null)

  /** Waits until somebody picks one where they would type their name. Browsers do one thing at a time. */
  async function offer() {
    const mine = new AbortController()
    offering.current = mine
    const { signal } = mine
    try {
      if (!(await canAutofill()) || signal.aborted) return
      if ((await client.account.logInWithPasskey({ autofill: true, signal })) && !signal.aborted) {
        enter()
      }
    } catch (caught) {
      // Nobody has asked for anything yet, so that a failing network is no news. What was picked and refused is.
      const refusal = passkeyRefusal(caught)
      if (refusal === null || signal.aborted) return
      setError(refusal)
      void offer()
    }
  }
  useEffect(() => {
    void offer()
    return () => offering.current?.abort()
  }, [])

  if (passkeySupport() !== 'yes') return null
  return (
    <button
      type="button"
      class="button button-wide"
      disabled={busy}
      onClick={() => {
        offering.current?.abort()
        void run(async () => {
          try {
            if (await client.account.logInWithPasskey()) enter()
            else void offer()
          } catch (caught) {
            void offer()
            const refusal = passkeyRefusal(caught)
            if (refusal === null) throw caught
            setError(refusal)
          }
        })
      }}
    >
      {laterText.passkeys.logIn}
    </button>
  )
}
