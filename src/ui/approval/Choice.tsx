import { useEffect, useRef } from 'preact/hooks'
import type { LimitDraft, LimitReading } from '../limits/limit-draft.ts'
import { LimitFields } from '../limits/LimitFields.tsx'
import { approvalWords } from './strings.ts'

export type Chosen = 'once' | 'period'

interface Props {
  readonly chosen: Chosen
  /** `enable()` without a request: there is nothing to allow once. */
  readonly onceOffered: boolean
  readonly draft: LimitDraft
  readonly reading: LimitReading
  readonly onChoose: (chosen: Chosen) => void
  readonly onDraft: (draft: LimitDraft) => void
}

export function Choice({ chosen, onceOffered, draft, reading, onChoose, onDraft }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const wrong = reading.limitError ?? reading.perRequestError
  // the fields, and what is wrong with them, must not hide below the buttons
  useEffect(() => {
    if (chosen === 'period') box.current?.scrollIntoView({ block: 'nearest' })
  }, [chosen, wrong])
  return (
    <fieldset class="choice">
      <legend class="only-spoken">How much may the site spend?</legend>
      {onceOffered && (
        <label class={`option${chosen === 'once' ? ' chosen' : ''}`}>
          <input type="radio" name="choice" checked={chosen === 'once'} onChange={() => onChoose('once')} data-testid="choice-once" />
          <span>
            <span class="option-name">{approvalWords.once}</span>
            {chosen === 'once' && <span class="hint">{approvalWords.onceHint}</span>}
          </span>
        </label>
      )}
      <div ref={box} class={`option-box${chosen === 'period' ? ' chosen' : ''}`}>
        <label class="option">
          <input type="radio" name="choice" checked={chosen === 'period'} onChange={() => onChoose('period')} data-testid="choice-period" />
          <span>
            <span class="option-name">{approvalWords.upTo}</span>
            {chosen === 'once' && <span class="hint">{approvalWords.upToHint}</span>}
          </span>
        </label>
        {chosen === 'period' && (
          <div class="option-fields">
            <LimitFields draft={draft} reading={reading} onChange={onDraft} />
          </div>
        )}
      </div>
    </fieldset>
  )
}
