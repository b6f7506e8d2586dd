import { useState } from 'preact/hooks'
import { text } from '../text.ts'
import { Field } from './field.tsx'
import { EyeIcon, EyeOffIcon } from './icons.tsx'

interface Props {
  label: string
  value: string
  onValue: (value: string) => void
  autocomplete: 'current-password' | 'new-password'
  hint?: string
  error?: string | null | undefined
}

/** A password, which can be looked at. */
export function PasswordField(props: Props) {
  const [shown, setShown] = useState(false)
  const { showPassword, hidePassword } = text.account
  return (
    <Field {...props} type={shown ? 'text' : 'password'} required spellcheck={false}>
      <button
        type="button"
        class="icon-button"
        aria-label={shown ? hidePassword : showPassword}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        {shown ? <EyeOffIcon /> : <EyeIcon />}
      </button>
    </Field>
  )
}
