import { useEffect, useState } from 'preact/hooks'
import { later } from '../../ui/later.tsx'
import { WaitingBar } from '../../ui/waiting.tsx'

const Palette = later(async () => (await import('./palette.tsx')).Palette, WaitingBar)
const ShortcutsDialog = later(
  async () => (await import('./shortcuts-dialog.tsx')).ShortcutsDialog,
  WaitingBar,
)

/** The keys that count everywhere: Ctrl or ⌘ K, and `?` where nothing is written. */
export function Keyboard() {
  const [open, setOpen] = useState<'palette' | 'shortcuts' | null>(null)
  const close = () => setOpen(null)

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.isComposing || event.altKey) return
      if (document.querySelector('dialog[open]') !== null) return
      const isCommand = event.ctrlKey || event.metaKey
      if (isCommand && event.key.toLowerCase() === 'k') setOpen('palette')
      else if (!isCommand && event.key === '?' && !isWriting(event.target)) setOpen('shortcuts')
      else return
      event.preventDefault()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])

  if (open === 'palette') return <Palette onClose={close} />
  return open === 'shortcuts' ? <ShortcutsDialog onClose={close} /> : null
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input, textarea, select')
}
