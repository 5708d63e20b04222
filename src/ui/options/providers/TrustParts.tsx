import { Star } from 'lucide-preact'
import type { TrustScore } from '../../../domain/trust.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct, useLive } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { say } from '../../parts/toasts.ts'
import './trust.css'
import { partWords, trustWords } from './trust-strings.ts'

/** The score, and the parts it is made of: each says the facts behind it. */
export function TrustParts({ trust, providerId }: { trust: TrustScore; providerId: string }) {
  const { client } = useSurroundings()
  const act = useAct()
  const pin = async (): Promise<void> => {
    const { choosing } = await client.call('settings.get', {})
    await client.call('settings.set', { choosing: { ...choosing, pin: providerId } })
    say(trustWords.pinned)
  }
  const favourites = useLive('settings.get', {}).value?.favourites
  const isFavourite = favourites?.includes(providerId) === true
  const favour = async (): Promise<void> => {
    const { favourites: before } = await client.call('settings.get', {})
    const others = before.filter((id) => id !== providerId)
    await client.call('settings.set', { favourites: isFavourite ? others : [...others, providerId] })
  }
  return (
    <details class="trust" data-testid="trust" data-score={trust.score}>
      <summary>
        {trustWords.title} <strong>{trust.score}</strong> <span class="muted">of 100</span>
      </summary>
      {trust.parts.length === 0 ? (
        <p class="hint">{trustWords.stranger}</p>
      ) : (
        <ul class="trust-parts">
          {trust.parts.map((part) => (
            <li key={part.name} data-testid={`trust-${part.name}`}>
              <span>{partWords[part.name]}</span>
              <progress class="meter" max={100} value={Math.round(part.value * 100)} aria-label={partWords[part.name]} />
              <span class="muted small-text">{part.says}</span>
            </li>
          ))}
        </ul>
      )}
      <div class="buttons">
        <button
          type="button"
          class={`button plain small favourite${isFavourite ? ' on' : ''}`}
          aria-pressed={isFavourite}
          disabled={act.busy || favourites === undefined}
          data-testid="favourite"
          onClick={() => void act.run(favour)}
        >
          <Star size={15} />
          <span>{trustWords.favourite}</span>
        </button>
        <Button small busy={act.busy} onPress={() => void act.run(pin)} testId="pin">
          {trustWords.pin}
        </Button>
      </div>
      <Problem facts={act.problem} />
    </details>
  )
}
