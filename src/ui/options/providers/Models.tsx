import { useState } from 'preact/hooks'
import type { Model } from '../../../domain/offer.ts'
import { countText } from '../../parts/amounts.ts'
import { plainText } from '../../parts/page-text.ts'
import { PriceCells, PriceTable } from './PriceTable.tsx'
import { providerWords } from './strings.ts'

const FIRST = 12

/** What a provider sells, and its prices. */
export function Models({ models, filter }: { models: readonly Model[]; filter: string }) {
  const [all, setAll] = useState(false)
  const wanted = filter.trim().toLowerCase()
  const found = models.filter((model) => `${model.id} ${model.name}`.toLowerCase().includes(wanted))
  const list = found.length > 0 ? found : models
  const shown = all ? list : list.slice(0, FIRST)
  return (
    <>
      <PriceTable caption={providerWords.prices} columns={[{ title: 'Model' }, { title: 'Context', number: true }]}>
        {shown.map((model) => (
          <tr key={model.id} data-testid="model-row">
            <th scope="row">{plainText(model.id, 80)}</th>
            <td class="number muted">{model.contextLength === null ? '–' : countText(model.contextLength)}</td>
            <PriceCells price={model.price} />
          </tr>
        ))}
      </PriceTable>
      {list.length > shown.length && (
        <button type="button" class="link small-text" onClick={() => setAll(true)}>
          Show all {list.length}
        </button>
      )}
    </>
  )
}
