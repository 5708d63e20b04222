import { useState } from 'preact/hooks'
import type { SoldModel } from '../../../messaging/routes/market.ts'
import { Field } from '../../parts/Field.tsx'
import { useLive } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { Recommended } from './Recommended.tsx'
import { recommendedWords, taskWords } from './recommended-strings.ts'
import { PriceCells, PriceTable } from './PriceTable.tsx'
import { becauseWords, providerWords } from './strings.ts'

const FIRST = 40

/** One name for each model, and what which provider calls it. */
export function SoldModels() {
  const { value: models, problem, reload } = useLive('models.list', {})
  const [filter, setFilter] = useState('')
  const [all, setAll] = useState(false)
  if (models === undefined) return problem === null ? <Loading rows={6} /> : <Problem facts={problem} onRetry={reload} />
  const wanted = filter.trim().toLowerCase()
  const found = models.filter(({ id, offers }) => [id, ...offers.map(({ calledId }) => calledId)].some((name) => name.toLowerCase().includes(wanted)))
  const shown = all ? found : found.slice(0, FIRST)
  return (
    <>
      <p class="lead">{providerWords.modelsLead}</p>
      {models.length > 0 && <Recommended />}
      {models.length > 3 && <Field label={providerWords.findModel} value={filter} onInput={setFilter} testId="model-filter" />}
      {models.length === 0 && <p class="muted">{providerWords.noModels}</p>}
      {models.length > 0 && found.length === 0 && <p class="muted">{providerWords.noMatch}</p>}
      <ul class="stack">
        {shown.map((model) => (
          <SoldModelCard key={model.id} model={model} />
        ))}
      </ul>
      {found.length > shown.length && (
        <button type="button" class="link small-text" onClick={() => setAll(true)}>
          Show all {found.length}
        </button>
      )}
    </>
  )
}

function SoldModelCard({ model: { id, offers, recommendedFor } }: { model: SoldModel }) {
  return (
    <li class="card stack" data-testid="sold-model">
      <h2 class="sold-model-name">{plainText(id, 120)}</h2>
      {recommendedFor.length > 0 && (
        <p class="chips">
          {recommendedFor.map((task) => (
            <span key={task} class="chip good">
              {recommendedWords.chip(taskWords[task])}
            </span>
          ))}
        </p>
      )}
      <PriceTable caption={providerWords.prices} label={`Who sells ${plainText(id, 80)}`} columns={[{ title: 'Provider' }, { title: 'Calls it' }]}>
        {offers.map(({ providerId, providerName, calledId, because, price }) => (
          <tr key={providerId}>
            <th scope="row">
              <a class="link" href={`#/providers/${encodeURIComponent(providerId)}`}>
                {plainText(providerName, 60)}
              </a>
            </th>
            <td class="wordy">
              {plainText(calledId, 80)}
              {because !== 'listed' && <span class="muted"> · {becauseWords[because]}</span>}
            </td>
            <PriceCells price={price} />
          </tr>
        ))}
      </PriceTable>
    </li>
  )
}
