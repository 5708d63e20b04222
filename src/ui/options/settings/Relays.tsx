import { X } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { RelayHealth } from '../../../domain/relay-health.ts'
import { Button } from '../../parts/Button.tsx'
import { Field } from '../../parts/Field.tsx'
import { useLive, useNow } from '../../parts/live.ts'
import { relayAddress, relayState } from './setting-values.ts'
import { settingWords } from './strings.ts'

interface Props {
  readonly relays: readonly string[]
  readonly developer: boolean
  readonly busy: boolean
  readonly onSave: (relays: readonly string[]) => Promise<boolean>
}

export function Relays({ relays, developer, busy, onSave }: Props) {
  const [text, setText] = useState('')
  const [error, setError] = useState<string | null>(null)
  const health = useLive('relays.list', {}).value ?? []
  const now = useNow(10_000)
  const add = async (): Promise<void> => {
    const address = relayAddress(text, developer)
    if (address === null) return setError(settingWords.relayError)
    if (relays.includes(address)) return setError(settingWords.relayTwice)
    if (relays.length >= 20) return setError(settingWords.relayMany)
    if (await onSave([...relays, address])) setText('')
  }
  return (
    <section class="card setting">
      <h2>{settingWords.relays}</h2>
      <p class="lead">{settingWords.relaysHint}</p>
      <ul class="rows">
        {relays.map((relay) => (
          <li key={relay} class="relay" data-testid="relay-row">
            <span class="grow relay-text">
              <span class="mono address">{relay}</span>
              <Health health={health.find(({ url }) => url === relay)} now={now} />
            </span>
            <button
              type="button"
              class="icon-button"
              aria-label={`Remove ${relay}`}
              disabled={busy}
              onClick={() => void onSave(relays.filter((other) => other !== relay))}
            >
              <X size={17} />
            </button>
          </li>
        ))}
      </ul>
      {relays.length === 0 && <p class="notice warn">Without a relay only a directory is asked for providers, and those that you add yourself are known.</p>}
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault()
          void add()
        }}
      >
        <Field
          label={settingWords.relayAdd}
          value={text}
          error={error}
          placeholder="wss://relay.example.com"
          maxLength={512}
          testId="relay-input"
          onInput={(value) => {
            setText(value)
            setError(null)
          }}
        />
        <Button submit disabled={text.trim() === ''} testId="relay-add">
          Add
        </Button>
      </form>
    </section>
  )
}

function Health({ health, now }: { health: RelayHealth | undefined; now: number }) {
  if (health === undefined) return <span class="muted small-text">{settingWords.relayUnknown}</span>
  const { word, tone, facts } = relayState(health, now)
  return (
    <span class="relay-health muted small-text" data-testid="relay-health" data-state={health.state}>
      <span class={`chip ${tone}`}>{word}</span> {facts}
    </span>
  )
}
