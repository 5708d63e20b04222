import { Download } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { Spending as SpendingSums, SpendingPart } from '../../../domain/spending.ts'
import { Amount } from '../../parts/Amount.tsx'
import { amountPhrase } from '../../parts/amounts.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { download } from '../../parts/download.ts'
import { useAct, useLive } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { siteLabel } from '../../parts/site-name.ts'
import { DayChart } from './DayChart.tsx'
import { savedPhrase } from './saved.ts'
import { spendingWords } from './strings.ts'

const SPANS = [7, 30, 90] as const
type Span = (typeof SPANS)[number]
const ROWS = 8

/** Where the money for requests went, and what the same would have cost elsewhere. */
export function Spending() {
  const { client } = useSurroundings()
  const [days, setDays] = useState<Span>(30)
  const { value: sums, problem, reload } = useLive('spending.get', { days })
  const saving = useAct()
  const save = async (): Promise<void> => {
    const file = await saving.run(() => client.call('spending.export', { days }))
    if (file !== undefined) download(file.fileName, file.text, 'text/csv')
  }
  if (sums === undefined) return problem === null ? <Loading rows={6} /> : <Problem facts={problem} onRetry={reload} />
  return (
    <>
      <div class="spread">
        <label class="spending-span">
          <span>{spendingWords.span}</span>
          <select value={days} data-testid="spending-days" onChange={(event) => setDays(SPANS.find((span) => String(span) === event.currentTarget.value) ?? 30)}>
            {SPANS.map((span) => (
              <option key={span} value={span}>
                {spendingWords.days(span)}
              </option>
            ))}
          </select>
        </label>
        <Button small icon={Download} busy={saving.busy} onPress={() => void save()} testId="spending-export">
          CSV
        </Button>
      </div>
      <Problem facts={problem ?? saving.problem} onRetry={reload} />
      <section class="card stack" data-testid="spending">
        <p class="spending-total">
          <Amount msat={sums.chargedMsat} testId="spending-total" /> <span class="muted">{spendingWords.requests(sums.requests)}</span>
        </p>
        {sums.open > 0 && <p class="muted small-text">{spendingWords.open(sums.open)}</p>}
        <DayChart days={sums.days} />
        <Saved compared={sums.compared} />
      </section>
      {sums.requests > 0 && (
        <div class="spending-parts">
          <Parts title={spendingWords.sites} parts={sums.sites} nameOf={siteLabel} all={sums} />
          <Parts title={spendingWords.models} parts={sums.models} nameOf={(name) => plainText(name, 60)} all={sums} />
          <Parts title={spendingWords.providers} parts={sums.providers} nameOf={(name) => plainText(name, 60)} all={sums} />
        </div>
      )}
    </>
  )
}

function Saved({ compared }: { compared: SpendingSums['compared'] }) {
  if (compared.requests === 0) return <p class="muted small-text">{spendingWords.nothingCompared}</p>
  return (
    <div class="stack" data-testid="spending-saved">
      <p>
        {savedPhrase(compared.chargedMsat, compared.atMedianMsat, spendingWords.median)}
        <br />
        {savedPhrase(compared.chargedMsat, compared.atDearestMsat, spendingWords.dearest)}
      </p>
      <p class="muted small-text">{spendingWords.comparedHint(compared.requests)}</p>
    </div>
  )
}

function Parts({ title, parts, nameOf, all }: { title: string; parts: readonly SpendingPart[]; nameOf: (name: string) => string; all: SpendingSums }) {
  const [whole, setWhole] = useState(false)
  const shown = whole ? parts : parts.slice(0, ROWS)
  return (
    <section class="card stack">
      <h3>{title}</h3>
      <ul class="spending-list">
        {shown.map(({ name, chargedMsat, requests }) => (
          <li key={name} data-testid="spending-part">
            <p class="spread">
              <bdi class="cut">{nameOf(name)}</bdi>
              <span class="spending-amount" title={spendingWords.requests(requests)}>{amountPhrase(chargedMsat)}</span>
            </p>
            <progress class="meter" max={Math.max(1, all.chargedMsat)} value={chargedMsat} aria-label={`Share of ${nameOf(name)}`} />
          </li>
        ))}
      </ul>
      {parts.length > shown.length && (
        <button type="button" class="link small-text" onClick={() => setWhole(true)}>
          Show all {parts.length}
        </button>
      )}
    </section>
  )
}
