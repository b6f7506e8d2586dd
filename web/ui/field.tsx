import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

interface Props {
  label: string
  value: string
  onValue: (value: string) => void
  hint?: string | undefined
  error?: string | null | undefined
  type?: 'text' | 'email' | 'password' | 'date'
  /** Of a date. */
  min?: string
  max?: string
  placeholder?: string
  autocomplete?:
    | 'off'
    | 'name'
    | 'username'
    | 'username webauthn'
    | 'email'
    | 'current-password'
    | 'new-password'
  autocapitalize?: 'none'
  spellcheck?: boolean
  maxLength?: number
  required?: boolean
  /** Typing starts here when the form appears, unless a touch keyboard would come up for it. */
  takesFocus?: boolean
  /** A button inside the box. */
  children?: ComponentChildren
}

/** A labelled input with a hint below, which an error takes the place of. */
export function Field({
  label,
  value,
  onValue,
  hint,
  error,
  children,
  type = 'text',
  takesFocus = false,
  ...input
}: Props) {
  const id = useId()
  const ref = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (takesFocus && matchMedia('(hover: hover)').matches) ref.current?.focus()
  }, [])
  const note = error ?? hint
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-box">
        <input
          {...input}
          ref={ref}
          // The types of JSX tell inputs apart by one literal type; this one is any of four.
          type={type as 'text'}
          id={id}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
          aria-invalid={error ? 'true' : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
        />
        {children}
      </div>
      {note && (
        <p id={`${id}-note`} class={error ? 'note note-error' : 'note'}>
          {note}
        </p>
      )}
    </div>
  )
}
