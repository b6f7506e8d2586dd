import { laterText } from '../../later-text.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ShortcutList } from './shortcut-list.tsx'

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={laterText.keyboard.title} onClose={onClose}>
      <ShortcutList />
    </Dialog>
  )
}
