import { useState } from 'preact/hooks'
import type { Model } from '../../../domain/offer.ts'
import { countText, perMillion } from '../../parts/amounts.ts'
import { plainText } from '../../parts/page-text.ts'
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
    <div class="models" role="region" aria-label={providerWords.prices} tabIndex={0}>
      <table>
        <caption>{providerWords.prices}</caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col" class="number">
              Context
            </th>
            <th scope="col" class="number">
              Prompt
            </th>
            <th scope="col" class="number">
              Completion
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((model) => (
            <tr key={model.id} data-testid="model-row">
              <th scope="row">{plainText(model.id, 80)}</th>
              <td class="number muted">{model.contextLength === null ? '–' : countText(model.contextLength)}</td>
              {model.price === null ? (
                <td class="number muted" colSpan={2}>
                  {providerWords.noPrice}
                </td>
              ) : (
                <>
                  <td class="number">{perMillion(model.price.promptSat)}</td>
                  <td class="number">{perMillion(model.price.completionSat)}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {list.length > shown.length && (
        <button type="button" class="link small-text" onClick={() => setAll(true)}>
          Show all {list.length}
        </button>
      )}
    </div>
  )
}
