import { Plug } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { UiOutput } from '../../../messaging/ui-contract.ts'
import { amountPhrase } from '../../parts/amounts.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Field } from '../../parts/Field.tsx'
import { useAct } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { DEVNET_URL, developerWords } from './strings.ts'

/** One press: everything of the development network. */
export function Devnet() {
  const { client } = useSurroundings()
  const [url, setUrl] = useState(DEVNET_URL)
  const [done, setDone] = useState<UiOutput<'developer.connect'> | null>(null)
  const act = useAct()
  const connect = async (): Promise<void> => {
    setDone(null)
    const result = await act.run(() => client.call('developer.connect', { configUrl: url.trim() }))
    if (result !== undefined) setDone(result)
  }
  return (
    <section class="card stack">
      <h2>{developerWords.devnet}</h2>
      <p class="lead">{developerWords.devnetHint}</p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void connect()
        }}
      >
        <Field label={developerWords.url} value={url} onInput={setUrl} maxLength={512} testId="devnet-url" />
        <div>
          <Button kind="primary" icon={Plug} submit busy={act.busy} disabled={url.trim() === ''} testId="devnet-connect">
            {developerWords.connect}
          </Button>
        </div>
      </form>
      <div
        aria-live="polite"
        data-testid="devnet-status"
        data-state={act.busy ? 'connecting' : done !== null ? 'connected' : act.problem !== null ? 'failed' : 'idle'}
      >
        {act.busy && <p class="muted">Connecting…</p>}
        {done !== null && <p class="notice good">{connectedText(done)}</p>}
      </div>
      <Problem facts={act.problem} />
    </section>
  )
}

function connectedText({ mints, providers, receivedMsat }: UiOutput<'developer.connect'>): string {
  const money = receivedMsat > 0 ? `${amountPhrase(receivedMsat)} of play money received.` : 'No new token: it was received before.'
  return `Connected: ${mints === 1 ? '1 mint' : `${mints} mints`}, ${providers === 1 ? '1 provider' : `${providers} providers`}. ${money}`
}
