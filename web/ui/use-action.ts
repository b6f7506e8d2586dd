import { useState } from 'preact/hooks'
import { wordsFor } from '../state/words-for-errors.ts'

/** Runs one thing at a time that may be refused, and keeps what to say about it. */
export function useAction() {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)

  async function run(action: () => Promise<void>): Promise<void> {
    if (busy) return
    setBusy(true)
    setError(null)
    try {
      await action()
    } catch (caught) {
      setError(wordsFor(caught))
    } finally {
      setBusy(false)
    }
  }

  return { busy, error, setError, run }
}
