import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { text } from '../text.ts'
import { CloseIcon } from './icons.tsx'

interface Props {
  title: string
  onClose: () => void
  /** What the focus goes back to, if that is not what has it when the dialog opens. */
  opener?: (() => HTMLElement | null) | undefined
  children: ComponentChildren
}

/** A modal dialog: Escape and a click beside it close it, and the focus goes back where it was. */
export function Dialog({ title, onClose, opener, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()

  useEffect(() => {
    const dialog = ref.current
    const { activeElement: before } = document
    dialog?.showModal()
    // The browser would choose the button that closes it.
    dialog?.querySelector('input')?.focus()
    return () => {
      dialog?.close()
      // The browser gives it back to whatever had it, if anything: not if a button that was at work had it.
      const { activeElement: at } = document
      const isLost = at === document.body || dialog?.contains(at) === true
      const to = opener === undefined ? isLost && before : opener()
      if (to instanceof HTMLElement) to.focus({ preventScroll: true })
    }
  }, [])

  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => {
        // The dialog itself is hit only beside its content, on the backdrop.
        if (event.target === event.currentTarget) event.currentTarget.close()
      }}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <button
            type="button"
            class="icon-button"
            aria-label={text.dialog.close}
            onClick={() => ref.current?.close()}
          >
            <CloseIcon />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
