import { useEffect, useId, useState } from 'preact/hooks'
import { Button } from '../../parts/Button.tsx'

interface Props {
  readonly label: string
  readonly hiddenLabel?: boolean
  readonly unit: string
  /** As saved. */
  readonly value: string
  readonly read: (text: string) => number | null
  readonly wrong: string
  readonly onSave: (value: number) => Promise<boolean>
  readonly testId: string
}

/** One number; the save button appears when it differs from what is saved. */
export function NumberSetting({ label, hiddenLabel = false, unit, value, read, wrong, onSave, testId }: Props) {
  const id = useId()
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const number = read(text)
  const changed = text.trim() !== value
  return (
    <form
      class="number-setting"
      onSubmit={(event) => {
        event.preventDefault()
        if (number !== null && changed) void onSave(number)
      }}
    >
      <label for={id} class={hiddenLabel ? 'only-spoken' : 'label mono'}>
        {label}
      </label>
      <div class={`input${number === null ? ' wrong' : ''}`}>
        <input
          id={id}
          type="text"
          inputMode="decimal"
          autocomplete="off"
          maxLength={12}
          value={text}
          aria-invalid={number === null}
          aria-describedby={`${id}-note`}
          data-testid={testId}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <span class="input-unit">{unit}</span>
      </div>
      {changed && (
        <Button small submit kind="primary" disabled={number === null} testId={`${testId}-save`}>
          Save
        </Button>
      )}
      <p id={`${id}-note`} class="field-error" aria-live="polite">
        {number === null ? wrong : ''}
      </p>
    </form>
  )
}
