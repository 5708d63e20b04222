import { Clock } from 'lucide-preact'
import { useNow } from '../parts/live.ts'
import { countdownPhrase, countdownText } from '../parts/times.ts'

/** Ticks for the eye; for the ear it only speaks when the phrase changes. */
export function Countdown({ expiresAt }: { expiresAt: number }) {
  const left = expiresAt - useNow(1000)
  return (
    <span class={`countdown${left < 30_000 ? ' urgent' : ''}`}>
      <Clock size={14} />
      <span data-testid="countdown" aria-hidden="true">
        {countdownText(left)}
      </span>
      <span class="only-spoken" role="timer" aria-live="polite">
        {countdownPhrase(left)}
      </span>
    </span>
  )
}
