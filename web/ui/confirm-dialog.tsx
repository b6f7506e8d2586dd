import { text } from '../text.ts'
import { Dialog } from './dialog.tsx'
import { ErrorLine } from './error-line.tsx'
import { useAction } from './use-action.ts'

interface Props {
  title: string
  body: string
  /** What the button says; it names the deed. */
  confirm: string
  action: () => Promise<void>
  onClose: () => void
  /** See `Dialog`. */
  opener?: () => HTMLElement | null
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({ title, body, confirm, action, onClose, opener }: Props) {
  const { busy, error, run } = useAction()
  return (
    <Dialog title={title} onClose={onClose} opener={opener}>
      <p class="dialog-text">{body}</p>
      <ErrorLine error={error} />
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {text.dialog.cancel}
        </button>
        <button
          type="button"
          class="button button-danger"
          disabled={busy}
          onClick={() =>
            void run(async () => {
              await action()
              onClose()
            })
          }
        >
          {confirm}
        </button>
      </div>
    </Dialog>
  )
}
