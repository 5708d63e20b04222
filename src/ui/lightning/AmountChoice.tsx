import { useState } from 'preact/hooks'
import { fromSat, type Msat } from '../../domain/msat.ts'
import { Amount } from '../parts/Amount.tsx'
import { parseSat } from '../parts/amounts.ts'
import { Field } from '../parts/Field.tsx'
import { Fiat } from './Fiat.tsx'
import { topUpWords } from './strings.ts'

export const USUAL_SAT = [1_000, 5_000, 21_000] as const

/** Three usual amounts and a field for any other. `onChange(null)`: not a number yet. */
export function AmountChoice({ value, rate, onChange }: { value: Msat | null; rate: number | null; onChange: (value: Msat | null) => void }) {
  const [own, setOwn] = useState('')
  const typed = own === '' ? null : parseSat(own)
  const wrong = own !== '' && (typed === null || typed === 0)
  return (
    <div class="stack">
      <div class="field">
        <span class="label">{topUpWords.amount}</span>
        <div class="chips" role="group" aria-label={topUpWords.amount}>
          {USUAL_SAT.map((sat) => (
            <button
              key={sat}
              type="button"
              class="amount-chip"
              aria-pressed={own === '' && value === fromSat(sat)}
              data-testid={`top-up-${sat}`}
              onClick={() => {
                setOwn('')
                onChange(fromSat(sat))
              }}
            >
              <Amount msat={fromSat(sat)} />
              <Fiat msat={fromSat(sat)} rate={rate} />
            </button>
          ))}
        </div>
      </div>
      <Field
        label={topUpWords.own}
        value={own}
        onInput={(text) => {
          setOwn(text)
          const next = text === '' ? fromSat(USUAL_SAT[1]) : parseSat(text)
          onChange(next === 0 ? null : next)
        }}
        numeric
        unit="sat"
        maxLength={12}
        error={wrong ? topUpWords.notNumber : null}
        hint={typed !== null && !wrong ? <Fiat msat={typed} rate={rate} /> : undefined}
        testId="top-up-amount"
      />
    </div>
  )
}
