import { useId } from 'preact/hooks'

interface Props<Option extends string> {
  /** By which it has the focus again when all is drawn anew. */
  id?: string
  label: string
  hint?: string
  value: Option
  options: readonly Option[]
  names: Record<Option, string>
  disabled?: boolean
  onChoose: (option: Option) => void
}

/** One of a few, which counts as soon as it is chosen. */
export function Choice<Option extends string>(props: Props<Option>) {
  const { label, hint, value, options, names, disabled = false, onChoose } = props
  const ownId = useId()
  const { id = ownId } = props
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-box">
        <select
          id={id}
          value={value}
          disabled={disabled}
          aria-describedby={hint === undefined ? undefined : `${id}-note`}
          onChange={(event) => {
            const chosen = options.find((option) => option === event.currentTarget.value)
            if (chosen !== undefined) onChoose(chosen)
          }}
        >
          {options.map((option) => (
            <option key={option} value={option}>
              {names[option]}
            </option>
          ))}
        </select>
      </div>
      {hint !== undefined && (
        <p id={`${id}-note`} class="note">
          {hint}
        </p>
      )}
    </div>
  )
}
