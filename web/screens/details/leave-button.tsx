import { useState } from 'preact/hooks'
import type { Channel } from '../../../protocol/objects.ts'
import { laterText } from '../../later-text.ts'
import { LeaveIcon } from '../../ui/icons.tsx'
import { LeaveDialog } from './leave-dialog.tsx'

export function LeaveButton({ channel }: { channel: Channel }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" class="row-button row-button-danger" onClick={() => setOpen(true)}>
        <LeaveIcon />
        {laterText.details.leave}
      </button>
      {isOpen && <LeaveDialog channel={channel} onClose={() => setOpen(false)} />}
    </>
  )
}
