import type { LucideIcon } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { UiOutput } from '../../messaging/ui-contract.ts'
import { amountPhrase } from './amounts.ts'
import { Button } from './Button.tsx'
import { useSurroundings } from './context.ts'
import { useAct } from './live.ts'
import { Problem } from './Problem.tsx'

/** Settles every session now, and says what came back and what did not yet. */
export function BringHome({ icon, disabled }: { icon: LucideIcon; disabled: boolean }) {
  const { client } = useSurroundings()
  const [result, setResult] = useState<UiOutput<'sessions.bringHome'> | null>(null)
  const act = useAct()
  const press = (): void => {
    setResult(null)
    void act.run(() => client.call('sessions.bringHome', {})).then((value) => value !== undefined && setResult(value))
  }
  return (
    <div class="stack bring-home">
      <Button icon={icon} busy={act.busy} disabled={disabled && !act.busy} onPress={press} testId="bring-home">
        Bring everything home
      </Button>
      <div aria-live="polite">
        {result !== null && (
          <p class={`notice ${result.open === 0 ? 'good' : 'warn'}`} data-testid="bring-home-result">
            {homeText(result)}
          </p>
        )}
      </div>
      <Problem facts={act.problem} />
    </div>
  )
}

function homeText({ returnedMsat, open }: UiOutput<'sessions.bringHome'>): string {
  const back = returnedMsat > 0 ? `${amountPhrase(returnedMsat)} came home.` : 'Nothing came back now.'
  if (open === 0) return back
  return `${back} ${open === 1 ? 'One session is' : `${open} sessions are`} still open; the change is asked for again until it is back.`
}
