import type { PlannedModel, PlannedOffer } from '../../../domain/timeline.ts'
import { Amount } from '../../parts/Amount.tsx'
import { plainText } from '../../parts/page-text.ts'
import { timelineWords } from './timeline-strings.ts'

/** Everybody who was looked at for one model: in the order in which they are tried, then those left out, each with its reason. */
export function PlanTable({ planned }: { planned: PlannedModel }) {
  const { candidates, leftOut, further } = planned
  const model = plainText(planned.model, 80)
  if (candidates.length === 0 && leftOut.length === 0) return <p class="muted">{timelineWords.nobody(model)}</p>
  return (
    <div class="plan-scroll" tabIndex={0} role="group" aria-label={timelineWords.planOf(model)}>
      <table class="plan" data-testid="plan">
        <caption>{model}</caption>
        <thead>
          <tr>
            <th scope="col">Provider</th>
            <th scope="col">Expected</th>
            <th scope="col">At most</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {candidates.map((offer, index) => (
            <Row key={`${index}`} offer={offer} place={`${index + 1}. `} />
          ))}
          {leftOut.map((offer, index) => (
            <Row key={`out ${index}`} offer={offer} place="" />
          ))}
        </tbody>
      </table>
      {further > 0 && <p class="muted">{timelineWords.further(further)}</p>}
    </div>
  )
}

function Row({ offer, place }: { offer: PlannedOffer; place: string }) {
  const out = place === ''
  return (
    <tr class={out ? 'plan-out' : ''} data-testid={out ? 'plan-out' : 'plan-candidate'}>
      <th scope="row" title={offer.providerUrl}>
        {place}
        {plainText(offer.providerName, 60)}
      </th>
      <td>
        <Amount msat={offer.expectedMsat} />
      </td>
      <td>
        <Amount msat={offer.worstMsat} />
      </td>
      <td>
        {out && <span class="plan-why-out">{timelineWords.leftOut} </span>}
        {plainText(offer.says, 200)}
      </td>
    </tr>
  )
}
