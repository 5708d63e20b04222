import { useState } from 'preact/hooks'
import type { ModelPrices } from '../../../domain/provider-record.ts'
import type { ProviderPageView } from '../../../messaging/routes/market.ts'
import { perMillion } from '../../parts/amounts.ts'
import { plainText } from '../../parts/page-text.ts'
import { agoText, momentText } from '../../parts/times.ts'
import { chartOf, HEIGHT, WIDTH } from './price-chart.ts'
import { PriceCells, PriceTable } from './PriceTable.tsx'
import { providerWords } from './strings.ts'

const ROWS = 8

/** How the price of one model went, as we have read it. */
export function PriceHistory({ view, now }: { view: ProviderPageView; now: number }) {
  const models = [...view.prices].sort((a, b) => b.points.length - a.points.length || a.modelId.localeCompare(b.modelId))
  const [wanted, setWanted] = useState<string | null>(null)
  const shown = models.find(({ modelId }) => modelId === wanted) ?? models[0]
  return (
    <section class="card stack" data-testid="price-history">
      <div class="spread">
        <h3>{providerWords.history}</h3>
        {models.length > 1 && (
          <label class="model-choice">
            <span class="only-spoken">{providerWords.model}</span>
            <select value={shown?.modelId} onChange={(event) => setWanted(event.currentTarget.value)} data-testid="price-model">
              {models.map(({ modelId }) => (
                <option key={modelId} value={modelId}>
                  {plainText(modelId, 60)}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {shown === undefined ? <p class="muted">{providerWords.noPrices}</p> : <OfModel prices={shown} until={view.catalogueAt ?? now} now={now} />}
    </section>
  )
}

function OfModel({ prices, until, now }: { prices: ModelPrices; until: number; now: number }) {
  const chart = chartOf(prices.points, until)
  const newest = prices.points.toReversed().slice(0, ROWS)
  return (
    <>
      <p class="mono address">{plainText(prices.modelId, 80)}</p>
      <figure class="price-chart">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={providerWords.chart(plainText(prices.modelId, 60), prices.points.length)}>
          {chart.levels.map(({ y, sat }) => (
            <g key={y}>
              <line class="chart-level" x1="0" x2={WIDTH} y1={y} y2={y} />
              <text class="chart-text" x="2" y={y - 4}>
                {perMillion(sat)}
              </text>
            </g>
          ))}
          <path class="chart-line completion" d={chart.completion} />
          <path class="chart-line prompt" d={chart.prompt} />
        </svg>
        <figcaption class="muted small-text chart-legend">
          <span class="chart-key completion">Completion</span>
          <span class="chart-key prompt">Prompt</span>
          <span>
            {momentText(prices.points[0]?.at ?? until)} – {momentText(until)}
          </span>
        </figcaption>
      </figure>
      <PriceTable caption={providerWords.changes} columns={[{ title: 'Read' }]}>
        {newest.map((point) => (
          <tr key={point.at} data-testid="price-row">
            <td title={momentText(point.at)}>{agoText(point.at, now)}</td>
            <PriceCells price={point} />
          </tr>
        ))}
      </PriceTable>
    </>
  )
}
