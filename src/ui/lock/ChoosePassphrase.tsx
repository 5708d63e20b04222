import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from '../parts/Button.tsx'
import type { Act } from '../parts/live.ts'
import { Problem } from '../parts/Problem.tsx'
import { PassphraseField } from './PassphraseField.tsx'
import { strengthOf } from './strength.ts'
import { lockWords } from './strings.ts'

/** A new passphrase, typed twice; with the one so far when there is one. */
export function ChoosePassphrase({
  hasCurrent,
  act,
  button,
  onChosen,
  children,
}: {
  hasCurrent: boolean
  act: Act
  button: string
  onChosen: (next: string, current: string) => void
  children?: ComponentChildren
}) {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const strength = strengthOf(next)
  const differs = again !== '' && !next.startsWith(again)
  const ready = strength.level !== 'short' && next === again && (!hasCurrent || current !== '')
  return (
    <form
      class="stack lock-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) onChosen(next, current)
      }}
    >
      {hasCurrent && <PassphraseField label={lockWords.current} value={current} onInput={setCurrent} focus testId="lock-current" />}
      <div>
        <PassphraseField label={lockWords.choose} value={next} onInput={setNext} fresh testId="lock-new" />
        {next !== '' && (
          <p class="hint strength" data-level={strength.level} data-testid="lock-strength" aria-live="polite">
            {strength.text}
          </p>
        )}
      </div>
      <PassphraseField label={lockWords.repeat} value={again} onInput={setAgain} fresh error={differs ? lockWords.different : null} testId="lock-repeat" />
      <Problem facts={act.problem} />
      <div class="buttons">
        <Button submit kind="primary" busy={act.busy} disabled={!ready} testId="lock-choose">
          {button}
        </Button>
        {children}
      </div>
    </form>
  )
}
