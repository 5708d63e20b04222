import type { SpendingDay } from '../../../domain/spending.ts'
import { amountPhrase } from '../../parts/amounts.ts'
import { dayText } from '../../parts/times.ts'
import { barsOf, HEIGHT, WIDTH } from './bars.ts'
import { spendingWords } from './strings.ts'

/** Spending per day as bars; the same as a table for those who do not see them. */
export function DayChart({ days }: { days: readonly SpendingDay[] }) {
  const { bars, most } = barsOf(days.map(({ chargedMsat }) => chargedMsat))
  const first = days[0]
  const last = days.at(-1)
  if (first === undefined || last === undefined) return null
  return (
    <figure class="day-chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={spendingWords.chart(days.length, amountPhrase(most))}>
        <line class="chart-level" x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
        {bars.map(({ x, y, width, height }, index) => (
          <rect key={days[index]?.at} class="day-bar" x={x} y={y} width={width} height={height} rx="2">
            <title>{`${dayText(days[index]?.at ?? 0)}: ${amountPhrase(days[index]?.chargedMsat ?? most)}`}</title>
          </rect>
        ))}
      </svg>
      <figcaption class="muted small-text spread">
        <span>{dayText(first.at)}</span>
        <span>{most > 0 && spendingWords.most(amountPhrase(most))}</span>
        <span>{dayText(last.at)}</span>
      </figcaption>
    </figure>
  )
}
