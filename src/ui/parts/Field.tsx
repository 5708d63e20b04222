import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

export interface FieldProps {
  readonly label: string
  readonly value: string
  readonly onInput: (value: string) => void
  readonly hint?: ComponentChildren
  readonly error?: string | null
  readonly unit?: string
  readonly numeric?: boolean
  /** Shown as dots. */
  readonly secret?: boolean
  readonly placeholder?: string
  readonly maxLength?: number
  readonly testId?: string
  readonly onCommit?: () => void
}

/** Label, input, unit, and below it the hint or what is wrong. */
export function Field({ label, value, onInput, hint, error = null, unit, numeric = false, secret = false, placeholder, maxLength, testId, onCommit }: FieldProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class={`input${error !== null ? ' wrong' : ''}`}>
        <input
          id={id}
          type={secret ? 'password' : 'text'}
          inputMode={numeric ? 'numeric' : 'text'}
          autocomplete="off"
          spellcheck={false}
          value={value}
          placeholder={placeholder}
          maxLength={maxLength}
          data-testid={testId}
          aria-invalid={error !== null}
          aria-describedby={`${id}-note`}
          onInput={(event) => onInput(event.currentTarget.value)}
          onBlur={onCommit}
        />
        {unit !== undefined && <span class="input-unit">{unit}</span>}
      </div>
      <p id={`${id}-note`} class={error !== null ? 'field-error' : 'hint'}>
        {error ?? hint}
      </p>
    </div>
  )
}
