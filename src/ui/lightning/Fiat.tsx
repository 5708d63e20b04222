import type { Msat } from '../../domain/msat.ts'
import { useLive } from '../parts/live.ts'
import { fiatText } from './fiat.ts'

/** What a dollar is worth, as far as it is known. */
export function useRate(): number | null {
  return useLive('rate.get', {}).value?.msatPerUsd ?? null
}

/** `≈ $1.23` beside an amount; nothing when nobody knows. */
export function Fiat({ msat, rate }: { msat: Msat; rate: number | null }) {
  const text = fiatText(msat, rate)
  return text === null ? null : (
    <span class="muted fiat" data-testid="fiat">
      {text}
    </span>
  )
}
