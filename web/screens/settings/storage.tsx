import { useEffect, useRef, useState } from 'preact/hooks'
import { language, localeOf } from '../../language/language.ts'
import { laterText } from '../../later-text.ts'
import { clearKept, takeCleared } from '../../state/clear-kept.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

interface Kept {
  bytes: number
  /** The browser does not clear it away by itself. */
  isSafe: boolean
}

/** What the page keeps in this browser, whether it is safe there, and how to be rid of it. */
export function StorageUsed() {
  const [kept, setKept] = useState<Kept | null>(null)
  const [refused, setRefused] = useState(false)
  const [cleared] = useState(takeCleared)
  const [isAsking, setAsking] = useState(false)
  const section = useRef<HTMLElement>(null)
  const words = laterText.settings.storage

  async function look() {
    const [{ usage = 0 }, isSafe] = await Promise.all([
      navigator.storage.estimate(),
      navigator.storage.persisted(),
    ])
    setKept({ bytes: usage, isSafe })
  }
  useEffect(() => {
    void look()
    if (cleared !== null) goBackTo(section.current)
  }, [])

  async function ask() {
    setRefused(!(await navigator.storage.persist()))
    await look()
  }

  return (
    <section ref={section} aria-labelledby="settings-storage">
      <h2 id="settings-storage">{words.title}</h2>
      <p class="settings-hint" role="status">
        {kept !== null && words.used(inWords(kept.bytes))} {words.hint}
      </p>
      {kept?.isSafe === true && <p class="settings-hint">{words.safe}</p>}
      {kept?.isSafe === false && (
        <p class="settings-hint">{refused ? words.refused : words.unsafe}</p>
      )}
      {cleared !== null && (
        <p class="settings-hint" role="status">
          {words.cleared(inWords(cleared))}
        </p>
      )}
      <div class="settings-buttons">
        {kept?.isSafe === false && (
          <button type="button" class="button" onClick={() => void ask()}>
            {words.keep}
          </button>
        )}
        <button type="button" class="button" onClick={() => setAsking(true)}>
          {words.clear}
        </button>
      </div>
      {isAsking && (
        <ConfirmDialog
          title={words.clearTitle}
          body={words.clearBody}
          confirm={words.clearConfirm}
          action={clearKept}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  )
}

/** Where one was before the page was loaded again: the button, and what it did, at the upper edge. */
function goBackTo(section: HTMLElement | null): void {
  const scrolled = section?.parentElement
  if (!section || !scrolled) return
  section.querySelector<HTMLElement>('.settings-buttons > :last-child')?.focus()
  scrolled.scrollTop += section.getBoundingClientRect().top - scrolled.getBoundingClientRect().top
}

function inWords(bytes: number): string {
  const tag = localeOf(language.value)
  const format = (unit: string, digits: number): Intl.NumberFormat =>
    new Intl.NumberFormat(tag, { style: 'unit', unit, maximumFractionDigits: digits })
  if (bytes < 1e6) return format('kilobyte', 0).format(Math.ceil(bytes / 1e3))
  return format('megabyte', 1).format(bytes / 1e6)
}
