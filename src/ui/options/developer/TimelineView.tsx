import type { Msat } from '../../../domain/msat.ts'
import type { PlacedMoney, Step, Timeline } from '../../../domain/timeline.ts'
import { Amount } from '../../parts/Amount.tsx'
import { amountPhrase } from '../../parts/amounts.ts'
import { Facts } from '../../parts/Facts.tsx'
import { useLive } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { spanText } from '../../parts/times.ts'
import { PlanTable } from './PlanTable.tsx'
import { holdWords, sessionWords, stepWords, timelineWords } from './timeline-strings.ts'

/** One request: its steps with their times, and the money as the rows of the wallet tell it. */
export function TimelineView({ id }: { id: string }) {
  const { value: timeline, problem, reload } = useLive('timeline.get', { id })
  if (timeline === undefined) return problem === null ? <Loading rows={4} /> : <Problem facts={problem} onRetry={reload} />
  if (timeline === null) return <p class="muted">{timelineWords.gone}</p>
  return (
    <div class="timeline-body stack" data-testid="timeline">
      {!timeline.watched && <p class="notice">{timelineWords.notWatched}</p>}
      <ol class="story">
        <li class="moment">
          <span class="step-at">0</span>
          <div class="grow">{timelineWords.asked}</div>
        </li>
        {timeline.steps.map((step, index) => (
          <StepRow key={index} step={step} />
        ))}
      </ol>
      {timeline.attempts.length > 1 && <Tried timeline={timeline} />}
      {(timeline.hold !== null || timeline.placed.length > 0) && <Money timeline={timeline} />}
    </div>
  )
}

function StepRow({ step }: { step: Step }) {
  const { says, amountMsat } = stepWords(step)
  return (
    <li class="moment" data-testid="step" data-kind={step.kind}>
      <span class="step-at">+{spanText(step.atMs)}</span>
      <div class="grow">
        {says}
        {step.kind === 'planned' && step.models.map((model) => <PlanTable key={model.model} planned={model} />)}
      </div>
      {amountMsat !== null && (
        <span class="step-money">
          <Amount msat={amountMsat} />
        </span>
      )}
    </li>
  )
}

function Tried({ timeline }: { timeline: Timeline }) {
  return (
    <div>
      <h3>{timelineWords.tried}</h3>
      <ol class="story">
        {timeline.attempts.map(({ providerName, outcome, model }, index) => (
          <li key={index} class="moment">
            <span class="step-at">{index + 1}</span>
            <span class="tried-name">
              {plainText(providerName, 60)}
              {model !== undefined && ` · ${plainText(model, 60)}`}
            </span>
            <span class={`tried-outcome ${outcome === 'answered' ? 'good' : 'bad-text'}`}>{plainText(outcome, 120)}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}

function Money({ timeline: { hold, placed } }: { timeline: Timeline }) {
  return (
    <div class="stack">
      <h3>{timelineWords.money}</h3>
      {hold !== null && <Facts rows={[[timelineWords.hold, holdWords(hold)]]} />}
      {placed.map((one) => (
        <Facts key={one.id} rows={rowsOf(one)} />
      ))}
    </div>
  )
}

function rowsOf(one: PlacedMoney): readonly (readonly [string, string] | null)[] {
  const known = (amount: Msat | null): string => (amount === null ? timelineWords.notKnown : amountPhrase(amount))
  return [
    [one.isOurs ? timelineWords.opened : timelineWords.used, `${plainText(one.providerName, 60)} · ${sessionWords[one.state]}`],
    ['Mint', plainText(one.mint, 120)],
    ['Placed there', amountPhrase(one.faceMsat)],
    ['Credited', known(one.creditedMsat)],
    ['Reserved for this request', amountPhrase(one.reservedMsat)],
    ['Charged for this request', known(one.chargedMsat)],
    ['Change', one.refundedMsat === null ? 'not asked for yet' : amountPhrase(one.refundedMsat)],
    one.forfeitedMsat === 0 ? null : ['Below one sat, kept there', amountPhrase(one.forfeitedMsat)],
    one.unexplainedMsat === 0 ? null : ['Not explained', `${one.unexplainedMsat} msat`],
    one.problem === null ? null : ['Trouble', plainText(one.problem, 200)],
  ]
}
