import { useEffect, useState } from 'preact/hooks'
import { language, localeOf } from '../../language/language.ts'
import { laterText } from '../../later-text.ts'

interface Kept {
  bytes: number
  /** The browser does not clear it away by itself. */
  isSafe: boolean
}

/** What the page keeps in this browser, and whether it is safe there. */
export function StorageUsed() {
  const [kept, setKept] = useState<Kept | null>(null)
  const [refused, setRefused] = useState(false)
  const words = laterText.settings.storage

  async function look() {
    const [{ usage = 0 }, isSafe] = await Promise.all([
      navigator.storage.estimate(),
      navigator.storage.persisted(),
    ])
    setKept({ bytes: usage, isSafe })
  }
  useEffect(() => void look(), [])

  async function ask() {
    setRefused(!(await navigator.storage.persist()))
    await look()
  }

  return (
    <section aria-labelledby="settings-storage">
      <h2 id="settings-storage">{words.title}</h2>
      <p class="settings-hint" role="status">
        {kept !== null && words.used(inWords(kept.bytes))} {words.hint}
      </p>
      {kept?.isSafe === true && <p class="settings-hint">{words.safe}</p>}
      {kept?.isSafe === false && (
        <>
          <p class="settings-hint">{refused ? words.refused : words.unsafe}</p>
          <button type="button" class="button" onClick={() => void ask()}>
            {words.keep}
          </button>
        </>
      )}
    </section>
  )
}

function inWords(bytes: number): string {
  const tag = localeOf(language.value)
  const format = (unit: string, digits: number): Intl.NumberFormat =>
    new Intl.NumberFormat(tag, { style: 'unit', unit, maximumFractionDigits: digits })
  if (bytes < 1e6) return format('kilobyte', 0).format(Math.ceil(bytes / 1e3))
  return format('megabyte', 1).format(bytes / 1e6)
}
