import { CircleAlert, WifiOff } from 'lucide-preact'
import type { ErrorFacts } from '../../domain/errors.ts'
import { useOnline } from './live.ts'
import { plainText } from './page-text.ts'

/** What went wrong, in the background's words: they say where the money is. */
export function Problem({ facts, onRetry }: { facts: ErrorFacts | null; onRetry?: () => void }) {
  if (facts === null) return null
  return (
    <div class="notice bad" role="alert" data-testid="error" data-code={facts.code}>
      <CircleAlert size={18} />
      <div class="notice-body">
        <p>{plainText(facts.message, 600)}</p>
        <p class="code-word">{facts.code}</p>
      </div>
      {onRetry !== undefined && (
        <button type="button" class="button plain small" onClick={onRetry}>
          <span>Try again</span>
        </button>
      )}
    </div>
  )
}

export function OfflineNote() {
  const online = useOnline()
  return (
    <div aria-live="polite">
      {!online && (
        <div class="notice warn" data-testid="offline">
          <WifiOff size={18} />
          <p class="notice-body">You are offline. Your tokens are safe in this browser; anything unfinished goes on by itself when the connection is back.</p>
        </div>
      )}
    </div>
  )
}
