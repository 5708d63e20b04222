import { FlaskConical } from 'lucide-preact'
import { useLive } from './live.ts'
import './fake-sats.css'

/** Whether the wallet of the fake sats is in use; null: not known yet. */
export function useFakeSats(): boolean | null {
  return useLive('fakesats.get', {}).value?.on ?? null
}

/** What screens are drawn anew for. Not known yet is the real one: what was typed meanwhile must not go. */
export function useWalletInUse(): 'real' | 'fake' {
  return useFakeSats() === true ? 'fake' : 'real'
}

/** On every screen while it is: nothing that is shown is money. */
export function FakeSatsBanner() {
  if (useFakeSats() !== true) return null
  return (
    <p class="fake-sats" role="status" data-testid="fake-sats">
      <FlaskConical size={16} />
      <span>Fake sats: nothing here is money. Your real wallet rests, untouched.</span>
    </p>
  )
}
