import { useId } from 'preact/hooks'
import './limits.css'
import type { LimitDraft, LimitReading } from './limit-draft.ts'
import { isRepeating, limitWords, periodWords, REPEATING } from './strings.ts'

interface Props {
  readonly draft: LimitDraft
  readonly reading: LimitReading
  readonly onChange: (draft: LimitDraft) => void
}

/** `[1000] sat per [day]`, `at most [50] sat per request`. */
export function LimitFields({ draft, reading, onChange }: Props) {
  const id = useId()
  const wrong = reading.limitError ?? reading.perRequestError
  return (
    <div class="limit-fields">
      <div class="limit-line">
        <NumberInput
          label={limitWords.limit}
          value={draft.limit}
          wrong={reading.limitError !== null}
          noteId={`${id}-note`}
          testId="limit-input"
          onInput={(limit) => onChange({ ...draft, limit })}
        />
        <span class="limit-word">per</span>
        <select
          aria-label="Period"
          data-testid="period-select"
          value={draft.period}
          onChange={(event) => {
            const period = event.currentTarget.value
            if (isRepeating(period)) onChange({ ...draft, period })
          }}
        >
          {REPEATING.map((period) => (
            <option key={period} value={period}>
              {periodWords[period]}
            </option>
          ))}
        </select>
      </div>
      <div class="limit-line">
        <span class="limit-word">at most</span>
        <NumberInput
          label={limitWords.perRequest}
          value={draft.perRequest}
          wrong={reading.perRequestError !== null}
          noteId={`${id}-note`}
          testId="max-per-request-input"
          onInput={(perRequest) => onChange({ ...draft, perRequest })}
        />
        <span class="limit-word">per request</span>
      </div>
      <p id={`${id}-note`} class="field-error" aria-live="polite">
        {wrong}
      </p>
    </div>
  )
}

function NumberInput({
  label,
  value,
  wrong,
  noteId,
  testId,
  onInput,
}: {
  label: string
  value: string
  wrong: boolean
  noteId: string
  testId: string
  onInput: (value: string) => void
}) {
  return (
    <div class={`input limit-number${wrong ? ' wrong' : ''}`}>
      <input
        type="text"
        inputMode="numeric"
        autocomplete="off"
        aria-label={`${label}, sat`}
        aria-invalid={wrong}
        aria-describedby={noteId}
        maxLength={14}
        value={value}
        data-testid={testId}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <span class="input-unit" aria-hidden="true">
        sat
      </span>
    </div>
  )
}
