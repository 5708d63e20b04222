import { useId } from 'preact/hooks'
import { type LifeCosts, SESSION_LIVES, type SessionLife } from '../../domain/session.ts'
import { amountPhrase } from '../parts/amounts.ts'
import { useLive } from '../parts/live.ts'
import './lives.css'
import { lifeWords, lives } from './strings.ts'

/** The choice for all sites, each with what it has cost this user. */
export function LifeChoice({ value, busy, onChoose }: { value: SessionLife; busy: boolean; onChoose: (life: SessionLife) => void }) {
  const { value: costs = [] } = useLive('sessions.costs', {})
  const name = useId()
  return (
    <fieldset class="lives">
      <legend class="only-spoken">{lifeWords.title}</legend>
      {SESSION_LIVES.map((life) => (
        <label key={life} class="life" data-testid={`life-${life}`}>
          <input type="radio" name={name} value={life} checked={life === value} disabled={busy} onChange={() => onChoose(life)} />
          <span class="name">{lives[life].name}</span>
          <span class="lead">{lives[life].text}</span>
          <span class="small-text muted" data-testid={`life-${life}-costs`}>
            {costsText(costs.find((each) => each.life === life))}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

/** The choice for one site. */
export function SiteLife({
  value,
  forAll,
  busy,
  onChoose,
}: {
  value: SessionLife | null
  forAll: SessionLife
  busy: boolean
  onChoose: (life: SessionLife | null) => void
}) {
  const id = useId()
  return (
    <div class="spread">
      <label for={id}>{lifeWords.ofSite}</label>
      <select
        id={id}
        value={value ?? ''}
        disabled={busy}
        data-testid="site-life"
        onChange={(event) => onChoose(SESSION_LIVES.find((life) => life === event.currentTarget.value) ?? null)}
      >
        <option value="">{lifeWords.asForAll(lives[forAll].short)}</option>
        {SESSION_LIVES.map((life) => (
          <option key={life} value={life}>
            {lives[life].name}
          </option>
        ))}
      </select>
    </div>
  )
}

function costsText(costs: LifeCosts | undefined): string {
  if (costs === undefined || costs.sessions === 0) return lifeWords.none
  const { sessions, requests, roundedMsat, feesMsat, parkedMsat } = costs
  const used = `${requests} ${requests === 1 ? 'request' : 'requests'} in ${sessions} ${sessions === 1 ? 'session' : 'sessions'}`
  return `${lifeWords.lead} ${used}. Beside the answers it cost ${amountPhrase(roundedMsat)} of rounding and ${amountPhrase(feesMsat)} of mint fees; on average ${amountPhrase(parkedMsat)} lay there unused.`
}
