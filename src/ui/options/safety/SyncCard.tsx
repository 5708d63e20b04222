import { RefreshCw } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { SyncView } from '../../../domain/backup.ts'
import { PastedField } from '../../lightning/PastedField.tsx'
import { Button, ConfirmButton } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { SyncKey } from './SyncKey.tsx'
import { SyncMoney } from './SyncMoney.tsx'
import { relayWords, syncWords } from './sync-strings.ts'

/** One user, several browsers, the same money (NIP-60). */
export function SyncCard({ sync }: { sync: SyncView }) {
  return (
    <section class="card stack" data-testid="sync-card" data-on={sync.on}>
      <h2>{syncWords.title}</h2>
      <p class="lead">{syncWords.text}</p>
      <p class="hint">{syncWords.seen}</p>
      {sync.on ? <Running sync={sync} /> : <Joining />}
      {!sync.on && sync.problem !== null && <p class="notice warn">{sync.problem}</p>}
    </section>
  )
}

function Joining() {
  const { client } = useSurroundings()
  const [pasting, setPasting] = useState(false)
  const [nsec, setNsec] = useState('')
  const act = useAct()
  const enable = async (key: string | null): Promise<void> => {
    if ((await act.run(() => client.call('sync.enable', { nsec: key }))) === undefined) return
    stopPasting()
  }
  const stopPasting = (): void => {
    // the secret stays nowhere on the screen
    setNsec('')
    setPasting(false)
    act.clear()
  }
  return (
    <>
      {pasting ? (
        <>
          <PastedField
            label={syncWords.key}
            placeholder="nsec1…"
            hint={syncWords.keyHint}
            value={nsec}
            secret
            go={syncWords.join}
            scan={syncWords.scan}
            check={(found) => (/^(nostr:)?nsec1[a-z0-9]{58}$/i.test(found.trim()) ? null : syncWords.notAKey)}
            busy={act.busy}
            onInput={(text) => {
              setNsec(text)
              act.clear()
            }}
            onGo={(text) => void enable(text.trim())}
            testId="sync-key"
          />
          <div class="buttons">
            <Button small kind="quiet" disabled={act.busy} onPress={stopPasting} testId="sync-cancel">
              {syncWords.cancel}
            </Button>
          </div>
        </>
      ) : (
        <div class="buttons">
          <Button kind="primary" busy={act.busy} onPress={() => void enable(null)} testId="sync-on">
            {syncWords.on}
          </Button>
          <Button disabled={act.busy} onPress={() => setPasting(true)} testId="sync-paste">
            {syncWords.paste}
          </Button>
        </div>
      )}
      <Problem facts={act.problem} />
    </>
  )
}

function Running({ sync }: { sync: SyncView }) {
  const { client } = useSurroundings()
  const act = useAct()
  return (
    <>
      {sync.problem !== null && (
        <p class="notice warn" data-testid="sync-problem">
          {sync.problem}
        </p>
      )}
      <SyncMoney sync={sync} />
      <SyncKey />
      <ul class="rows" data-testid="sync-relays">
        {sync.relays.map(({ url, state }) => (
          <li key={url} class="relay" data-state={state}>
            <span class="mono grow address">{url}</span>
            <span class={`chip${state === 'connected' ? ' good' : state === 'failed' ? ' warn' : ''}`}>{relayWords[state]}</span>
          </li>
        ))}
      </ul>
      <p class="hint" data-testid="sync-state" data-unsent={sync.unsent}>
        {sync.lastSyncAt !== null && `Last look at the relays: ${new Date(sync.lastSyncAt).toLocaleString()}. `}
        {sync.unsent > 0 && syncWords.unsent(sync.unsent)}
      </p>
      <div class="buttons">
        <Button icon={RefreshCw} busy={act.busy} onPress={() => void act.run(() => client.call('sync.now', {}))} testId="sync-now">
          {syncWords.now}
        </Button>
        <ConfirmButton
          kind="quiet"
          question={syncWords.offQuestion}
          confirm={syncWords.offConfirm}
          disabled={act.busy}
          onConfirm={() => void act.run(() => client.call('sync.disable', {}))}
          testId="sync-off"
        >
          {syncWords.off}
        </ConfirmButton>
      </div>
      <Problem facts={act.problem} />
    </>
  )
}
