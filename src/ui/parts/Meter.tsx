import type { Msat } from '../../domain/msat.ts'

/** How much of a limit is used. A native element: no style attribute is needed, and it is read aloud. */
export function Meter({ used, limit, label }: { used: Msat; limit: Msat; label: string }) {
  const share = limit === 0 ? 1 : used / limit
  return (
    <progress
      class={`meter${share >= 1 ? ' full' : share >= 0.8 ? ' high' : ''}`}
      max={Math.max(1, limit)}
      value={Math.min(used, Math.max(1, limit))}
      aria-label={label}
    />
  )
}
