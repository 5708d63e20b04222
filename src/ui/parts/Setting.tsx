import { useEffect, useId, useState } from 'preact/hooks'
import { Button } from './Button.tsx'
import './setting.css'

interface Props<T> {
  readonly label: string
  readonly hiddenLabel?: boolean
  readonly unit: string
  /** One number: a short field. */
  readonly numeric?: boolean
  /** As saved. */
  readonly value: string
  /** undefined: not understood. */
  readonly read: (text: string) => T | undefined
  readonly wrong: string
  readonly onSave: (value: T) => Promise<boolean>
  readonly testId: string
}

/** One line of a setting; the save button appears when it differs from what is saved. */
export function Setting<T>({ label, hiddenLabel = false, unit, numeric = false, value, read, wrong, onSave, testId }: Props<T>) {
  const id = useId()
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const meant = read(text)
  const changed = text.trim() !== value
  return (
    <form
      class={numeric ? 'number-setting' : 'text-setting'}
      onSubmit={(event) => {
        event.preventDefault()
        if (meant !== undefined && changed) void onSave(meant)
      }}
    >
      <label for={id} class={hiddenLabel ? 'only-spoken' : numeric ? 'label mono' : undefined}>
        {label}
      </label>
      <div class={`input${meant === undefined ? ' wrong' : ''}`}>
        <input
          id={id}
          type="text"
          inputMode={numeric ? 'decimal' : 'text'}
          autocomplete="off"
          spellcheck={false}
          maxLength={numeric ? 12 : 200}
          value={text}
          aria-invalid={meant === undefined}
          aria-describedby={`${id}-note`}
          data-testid={testId}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <span class="input-unit">{unit}</span>
      </div>
      {changed && (
        <Button small submit kind="primary" disabled={meant === undefined} testId={`${testId}-save`}>
          Save
        </Button>
      )}
      <p id={`${id}-note`} class="field-error" aria-live="polite">
        {meant === undefined ? wrong : ''}
      </p>
    </form>
  )
}
