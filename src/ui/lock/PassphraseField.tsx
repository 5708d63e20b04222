import { Eye, EyeOff } from 'lucide-preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { lockWords } from './strings.ts'

interface Props {
  readonly label: string
  readonly value: string
  readonly onInput: (value: string) => void
  /** A new one is chosen: browsers may offer to make and keep it. */
  readonly fresh?: boolean
  readonly focus?: boolean
  readonly hint?: string | undefined
  readonly error?: string | null
  readonly testId: string
}

/** Hidden letters that can be shown. */
export function PassphraseField({ label, value, onInput, fresh = false, focus = false, hint, error = null, testId }: Props) {
  const id = useId()
  const [shown, setShown] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (focus) input.current?.focus({ preventScroll: true })
  }, [focus])
  const word = shown ? lockWords.hide : lockWords.show
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class={`input${error !== null ? ' wrong' : ''}`}>
        <input
          ref={input}
          id={id}
          type={shown ? 'text' : 'password'}
          autocomplete={fresh ? 'new-password' : 'current-password'}
          autocapitalize="off"
          spellcheck={false}
          value={value}
          maxLength={1024}
          data-testid={testId}
          aria-invalid={error !== null}
          aria-describedby={`${id}-note`}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        <button type="button" class="icon-button" aria-label={word} title={word} aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? <EyeOff size={17} /> : <Eye size={17} />}
        </button>
      </div>
      <p id={`${id}-note`} class={error !== null ? 'field-error' : 'hint'} aria-live="polite">
        {error ?? hint}
      </p>
    </div>
  )
}
